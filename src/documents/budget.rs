//! The memory that all conversions of a node share.
//!
//! Every child reserves what it may use before it is started and gives it back when it is gone. Whoever asks for more
//! than is free waits; what somebody waits for goes before what came in by the hundred, and otherwise first come, first
//! served. It counts what children *may* use; that they use no more is held by `sandbox` and `watch`.
//!
//! Invariant: what is reserved at any moment is never more than the total.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::Failure;

/// How soon somebody wants the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// It came in with hundreds of others.
    Bulk,
    /// Somebody looks at the progress bar.
    Awaited,
}

/// The shared memory. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    total: u64,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    free: u64,
    asked: u64,
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    bytes: u64,
    urgency: Urgency,
    number: u64,
    tell: oneshot::Sender<Reservation>,
}

/// Memory that one child may use. It is given back when this value is dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    bytes: u64,
    state: Arc<Mutex<State>>,
}

impl Budget {
    pub(super) fn new(total: u64) -> Self {
        let state = State {
            free: total,
            asked: 0,
            waiting: Vec::new(),
        };
        Self {
            total,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Reserves so much, or all that there is, once it is free.
    pub(super) async fn reserve(
        &self,
        bytes: u64,
        urgency: Urgency,
    ) -> Result<Reservation, Failure> {
        let (tell, told) = oneshot::channel();
        {
            let mut state = lock(&self.state);
            state.asked += 1;
            let number = state.asked;
            state.waiting.push(Waiting {
                bytes: bytes.min(self.total),
                urgency,
                number,
                tell,
            });
        }
        hand_out(&self.state);
        told.await
            .map_err(|error| Failure::internal(format!("memory is no longer given out: {error}")))
    }
}

impl Reservation {
    /// How much it is.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        lock(&self.state).free += self.bytes;
        hand_out(&self.state);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // Nothing under the lock can fail half-way.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves those who wait, in their order, as far as the free memory goes.
fn hand_out(state: &Arc<Mutex<State>>) {
    while let Some(next) = take_next(&mut lock(state)) {
        let reservation = Reservation {
            bytes: next.bytes,
            state: Arc::clone(state),
        };
        // Who has stopped waiting meanwhile drops it, and with that gives it back.
        let _ = next.tell.send(reservation);
    }
}

fn take_next(state: &mut State) -> Option<Waiting> {
    state.waiting.retain(|waiting| !waiting.tell.is_closed());
    let (at, first) = state
        .waiting
        .iter()
        .enumerate()
        .max_by_key(|(_, waiting)| (waiting.urgency, u64::MAX - waiting.number))?;
    // A small wish does not overtake a large one, which would otherwise wait for ever.
    state.free = state.free.checked_sub(first.bytes)?;
    Some(state.waiting.swap_remove(at))
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn no_more_is_reserved_than_there_is() {
        let budget = Budget::new(100);
        let mut first = pin!(budget.reserve(60, Urgency::Bulk));
        let mut second = pin!(budget.reserve(60, Urgency::Bulk));
        let held = poll(first.as_mut()).unwrap().unwrap();
        assert!(poll(second.as_mut()).is_none());
        drop(held);
        assert_eq!(poll(second.as_mut()).unwrap().unwrap().bytes(), 60);
    }

    #[test]
    fn a_wish_beyond_the_total_gets_the_total() {
        let budget = Budget::new(100);
        let mut wish = pin!(budget.reserve(500, Urgency::Bulk));
        assert_eq!(poll(wish.as_mut()).unwrap().unwrap().bytes(), 100);
    }

    #[test]
    fn what_is_awaited_goes_first_and_the_rest_in_order() {
        let budget = Budget::new(100);
        let mut running = pin!(budget.reserve(100, Urgency::Bulk));
        let running = poll(running.as_mut()).unwrap().unwrap();
        let mut early = pin!(budget.reserve(100, Urgency::Bulk));
        let mut late = pin!(budget.reserve(10, Urgency::Bulk));
        let mut awaited = pin!(budget.reserve(100, Urgency::Awaited));
        assert!(poll(early.as_mut()).is_none());
        assert!(poll(late.as_mut()).is_none());
        assert!(poll(awaited.as_mut()).is_none());
        drop(running);
        assert!(poll(early.as_mut()).is_none());
        drop(poll(awaited.as_mut()).unwrap().unwrap());
        assert!(poll(late.as_mut()).is_none());
        let early = poll(early.as_mut()).unwrap().unwrap();
        drop(early);
        assert!(poll(late.as_mut()).is_some());
    }

    #[test]
    fn who_stops_waiting_holds_nobody_up() {
        let budget = Budget::new(100);
        let mut running = pin!(budget.reserve(100, Urgency::Bulk));
        let running = poll(running.as_mut()).unwrap().unwrap();
        {
            let mut given_up = pin!(budget.reserve(100, Urgency::Awaited));
            assert!(poll(given_up.as_mut()).is_none());
        }
        let mut waiting = pin!(budget.reserve(100, Urgency::Bulk));
        assert!(poll(waiting.as_mut()).is_none());
        drop(running);
        assert!(poll(waiting.as_mut()).is_some());
    }
}
