//! A matrix whose rows are mostly zero, stored row by row.
//!
//! Just enough of linear algebra for regressions over many indicator columns: rows are appended and never change.

/// A sparse matrix in rows; what is not stored is zero.
#[derive(Clone, Debug, Default)]
pub struct Sparse {
    starts: Vec<usize>,
    columns: Vec<usize>,
    values: Vec<f64>,
    width: usize,
}

impl Sparse {
    /// A matrix of `width` columns without rows.
    pub fn new(width: usize) -> Self {
        Self {
            starts: vec![0],
            columns: Vec::new(),
            values: Vec::new(),
            width,
        }
    }

    /// Appends a row. Entries of the same column add up; entries beyond the width are a mistake of the caller's and left
    /// out.
    pub fn push(&mut self, row: impl IntoIterator<Item = (usize, f64)>) {
        for (column, value) in row {
            debug_assert!(column < self.width, "column {column} of {}", self.width);
            if column < self.width && value != 0.0 {
                self.columns.push(column);
                self.values.push(value);
            }
        }
        self.starts.push(self.columns.len());
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many rows there are.
    pub fn height(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The rows, each as its stored entries.
    pub fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = (usize, f64)> + '_> + '_ {
        self.starts.windows(2).map(|bounds| {
            let range = match bounds {
                [from, to] => *from..*to,
                _ => 0..0,
            };
            let columns = self.columns.get(range.clone()).unwrap_or_default();
            let values = self.values.get(range).unwrap_or_default();
            columns.iter().copied().zip(values.iter().copied())
        })
    }

    /// The matrix times a vector of its width.
    pub fn times(&self, vector: &[f64]) -> Vec<f64> {
        self.rows()
            .map(|row| row.map(|(column, value)| value * at(vector, column)).sum())
            .collect()
    }

    /// The transposed matrix times a vector of its height.
    pub fn transposed_times(&self, vector: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.width];
        for (row, factor) in self.rows().zip(vector) {
            for (column, value) in row {
                if let Some(sum) = sums.get_mut(column) {
                    *sum += value * factor;
                }
            }
        }
        sums
    }

    /// The diagonal of the transposed matrix times diag(`weights`) times the matrix.
    pub fn weighted_squares(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.width];
        for (row, weight) in self.rows().zip(weights) {
            for (column, value) in row {
                if let Some(sum) = sums.get_mut(column) {
                    *sum += weight * value * value;
                }
            }
        }
        sums
    }
}

fn at(vector: &[f64], index: usize) -> f64 {
    vector.get(index).copied().unwrap_or(0.0)
}
