//! The memory that requests share: how much of their bodies and of what is decoded from them is held at the same time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::ingest::room::Room;
use crate::ingest::status::Refusal;

/// KiB for the beginnings of bodies: who sends little is not kept out by who sends much.
const SMALL: usize = 8 << 10;
/// KiB of a body that count as its beginning.
const BEGINNING: usize = 512;
/// KiB for the rest of large bodies; the largest single body always fits.
const LARGE: usize = 64 << 10;
/// KiB that decoded spans may take beside the bytes they came in.
const DECODED: usize = 12 << 10;
/// A span takes some hundred bytes of memory, of which the body has a few.
const GROWTH: usize = 8;
/// KiB that even the smallest body may grow by.
const LEAST_GROWTH: usize = 256;
/// Who gets no share for so long is told to come back.
const WAIT: Duration = Duration::from_secs(10);

/// What all requests share.
pub(super) struct Memory {
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
    decoded: Arc<Semaphore>,
}

impl Memory {
    pub(super) fn new(max_body: usize) -> Memory {
        let pool = |kib| Arc::new(Semaphore::new(kib));
        Memory {
            small: pool(SMALL),
            large: pool(LARGE.max(max_body.div_ceil(1024))),
            decoded: pool(DECODED),
        }
    }

    /// A share for a body. Of a large one whose length is known it has everything at once, in turn: many that get a part
    /// each would all fail.
    pub(super) async fn share(&self, length: Option<u64>) -> Result<Share, Refusal> {
        let kib = length
            .and_then(|length| usize::try_from(length).ok())
            .map_or(0, |length| length.div_ceil(1024));
        let mut share = Share {
            pools: [Arc::clone(&self.small), Arc::clone(&self.large)],
            kib: 0,
            held: Vec::new(),
        };
        if kib > BEGINNING {
            share.held.push(wait(&self.large, kib).await?);
            share.kib = kib;
        }
        Ok(share)
    }

    /// Lets a share grow by what is decoded from it; tells how much room there is.
    pub(super) async fn decode(&self, share: &mut Share, length: usize) -> Result<Room, Refusal> {
        let kib = length.div_ceil(1024);
        let growth = (GROWTH * kib + LEAST_GROWTH).min(DECODED);
        share.held.push(wait(&self.decoded, growth).await?);
        Ok(Room::of((kib + growth) << 10))
    }
}

async fn wait(pool: &Arc<Semaphore>, kib: usize) -> Result<OwnedSemaphorePermit, Refusal> {
    let count = u32::try_from(kib).unwrap_or(u32::MAX);
    match timeout(WAIT, Arc::clone(pool).acquire_many_owned(count)).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(busy()),
    }
}

fn busy() -> Refusal {
    Refusal::unavailable("too many requests are under way", 1)
}

/// A part of the memory, given back when dropped.
pub(super) struct Share {
    /// Where the beginning of a body and where its rest is taken from.
    pools: [Arc<Semaphore>; 2],
    kib: usize,
    held: Vec<OwnedSemaphorePermit>,
}

impl Share {
    /// Makes it large enough for a body of so many bytes.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        let kib = bytes.div_ceil(1024);
        let [small, large] = self.pools.clone();
        self.take(&small, kib.min(BEGINNING))?;
        self.take(&large, kib)
    }

    /// Gives everything back.
    pub(super) fn give_back(&mut self) {
        self.held.clear();
        self.kib = 0;
    }

    fn take(&mut self, pool: &Arc<Semaphore>, kib: usize) -> Result<(), Refusal> {
        let Some(more) = kib.checked_sub(self.kib).filter(|more| *more > 0) else {
            return Ok(());
        };
        let count = u32::try_from(more).unwrap_or(u32::MAX);
        let permit = Arc::clone(pool)
            .try_acquire_many_owned(count)
            .map_err(|_| busy())?;
        let same = |held: &&mut OwnedSemaphorePermit| Arc::ptr_eq(held.semaphore(), pool);
        match self.held.iter_mut().find(same) {
            Some(held) => held.merge(permit),
            None => self.held.push(permit),
        }
        self.kib = kib;
        Ok(())
    }
}
