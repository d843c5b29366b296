//! How long a thread has computed.

use std::time::{Duration, Instant};

/// A point in the time that the thread has computed; where the system does not tell, in the time of day.
pub(super) struct CpuTime {
    thread: Option<Duration>,
    wall: Instant,
}

impl CpuTime {
    pub(super) fn now() -> Self {
        Self { thread: Self::of_thread(), wall: Instant::now() }
    }

    pub(super) fn elapsed(&self) -> Duration {
        match (self.thread, Self::of_thread()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            (_, _) => self.wall.elapsed(),
        }
    }

    /// What Linux tells of the calling thread.
    fn of_thread() -> Option<Duration> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
    }
}
