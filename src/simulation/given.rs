//! A history from elsewhere with its truth, as tables: the model is measured on what it was not written beside.

use std::collections::HashMap;
use std::path::Path;

use super::report::{Worth, descending, ndcg};
use crate::error::{Code, Error, Result};
use crate::recommend::{Deal, Gate, GateModel, History, Piece, Send};

/// A history, and questions about it with what each asset would really gain.
#[derive(Clone, Debug, Default)]
pub struct Given {
    history: History,
    questions: Vec<Question>,
}

#[derive(Clone, Debug)]
struct Question {
    deal: Deal,
    stage: usize,
    /// By asset: what it adds to the chance to win.
    gains: Vec<f64>,
}

/// A row by the names of its columns.
struct Row<'a>(&'a HashMap<String, usize>, &'a csv::StringRecord);

impl Given {
    /// Reads the tables in a folder. Numbers stand for words; what is below nought is not said, and a competitor of
    /// nought is none.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut given = Self::default();
        read(folder, "assets.csv", |row| {
            let competitor = row.facet("competitor")?.filter(|value| *value > 0);
            given.history.pieces.push(Piece {
                facets: [
                    row.facet("industry")?,
                    row.facet("product")?,
                    row.facet("persona")?,
                    competitor,
                    row.facet("stage")?,
                ]
                .map(|value| value.into_iter().collect()),
            });
            Ok(())
        })?;
        read(folder, "opps.csv", |row| {
            given.history.deals.push(row.deal()?);
            Ok(())
        })?;
        read(folder, "sends.csv", |row| {
            given.history.sends.push(Send {
                deal: row.count("opp")?,
                piece: row.count("asset")?,
                at: row.number("week")?,
                stage: row.count("stage")?,
            });
            Ok(())
        })?;
        read(folder, "stages.csv", |row| {
            given.history.gates.push(Gate {
                deal: row.count("opp")?,
                stage: row.count("stage")?,
                at: row.number("week")?,
                advanced: row.number::<i64>("advanced")? == 1,
            });
            Ok(())
        })?;
        let mut gains = Vec::new();
        read(folder, "truth_uplift.csv", |row| {
            let values = row.1.iter().skip(1).map(|text| text.parse().map_err(bad));
            gains.push(values.collect::<Result<Vec<f64>>>()?);
            Ok(())
        })?;
        let mut gains = gains.into_iter();
        read(folder, "test_opps.csv", |row| {
            given.questions.push(Question {
                deal: row.deal()?,
                stage: row.count("stage")?,
                gains: gains.next().unwrap_or_default(),
            });
            Ok(())
        })?;
        Ok(given)
    }
}

/// Compares, by name: matching facets as on the first day, the gate model with the history, and the truth. Instead of a
/// rate of wins it tells what the first suggestion adds to it.
pub fn compare_given(given: &Given) -> Vec<(&'static str, Worth)> {
    let unknowing = GateModel::fit(&History {
        pieces: given.history.pieces.clone(),
        ..History::default()
    });
    let taught = GateModel::fit(&given.history);
    let scores = |model: &GateModel, question: &Question| -> Vec<f64> {
        let pieces = given.history.pieces.iter().enumerate();
        pieces
            .map(|(at, piece)| model.score(&question.deal, question.stage, at, piece))
            .collect()
    };
    let count = f64::from(u32::try_from(given.questions.len().max(1)).unwrap_or(u32::MAX));
    let worth = |list: &dyn Fn(&Question) -> Vec<f64>| {
        let mut worth = Worth::default();
        for question in &given.questions {
            let order = descending(&list(question));
            let first = order.first().and_then(|at| question.gains.get(*at));
            worth.win_rate += first.copied().unwrap_or(0.0) / count;
            worth.ndcg += ndcg(&question.gains, &order) / count;
        }
        worth
    };
    vec![
        ("first day", worth(&|question| scores(&unknowing, question))),
        ("gate model", worth(&|question| scores(&taught, question))),
        ("oracle", worth(&|question| question.gains.clone())),
    ]
}

fn read(folder: &Path, name: &str, mut take: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
    let path = folder.join(name);
    let mut reader = csv::Reader::from_path(&path).map_err(bad)?;
    let names = reader.headers().map_err(bad)?.iter().map(str::to_owned);
    let columns: HashMap<String, usize> = names.enumerate().map(|(at, name)| (name, at)).collect();
    for record in reader.records() {
        take(&Row(&columns, &record.map_err(bad)?))?;
    }
    Ok(())
}

impl Row<'_> {
    fn number<T: std::str::FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Result<T> {
        let at = self.0.get(name);
        let text = at.and_then(|at| self.1.get(*at)).unwrap_or_default();
        text.trim()
            .parse()
            .map_err(|error| bad(format!("{name}: {error}")))
    }

    fn count(&self, name: &str) -> Result<usize> {
        self.number(name)
    }

    fn facet(&self, name: &str) -> Result<Option<u32>> {
        Ok(u32::try_from(self.number::<i64>(name)?).ok())
    }

    fn deal(&self) -> Result<Deal> {
        Ok(Deal {
            facets: [
                self.facet("industry")?,
                self.facet("product")?,
                self.facet("persona")?,
                self.facet("competitor")?,
            ],
            others: [self.facet("size")?, self.facet("region")?],
            health: self.number("health")?,
        })
    }
}

fn bad(error: impl std::fmt::Display) -> Error {
    Error::new(Code::Invalid, error.to_string())
}
