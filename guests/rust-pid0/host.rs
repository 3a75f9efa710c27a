//! The connection to the host, as `wit/streams.wit` has it: bytes in both directions.
//!
//! The imports are written out in the component model's own calling convention, since Debian has no generator of bindings.

use futures::task::{waker, ArcWake};
use futures::{AsyncRead, AsyncWrite, Future};
use std::cell::RefCell;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

mod imports {
    #[link(wasm_import_module = "wetware:streams/streams@0.1.0")]
    extern "C" {
        #[link_name = "create-connection"]
        pub fn create_connection() -> u32;
        #[link_name = "[method]connection.get-input-stream"]
        pub fn get_input_stream(connection: u32) -> u32;
        #[link_name = "[method]connection.get-output-stream"]
        pub fn get_output_stream(connection: u32) -> u32;
        #[link_name = "[resource-drop]connection"]
        pub fn drop_connection(connection: u32);
    }
    #[link(wasm_import_module = "wasi:io/streams@0.2.12")]
    extern "C" {
        #[link_name = "[method]input-stream.blocking-read"]
        pub fn blocking_read(stream: u32, limit: u64, result: *mut super::Outcome);
        #[link_name = "[method]output-stream.blocking-write-and-flush"]
        pub fn blocking_write(stream: u32, bytes: *const u8, length: usize, result: *mut super::Outcome);
    }
}

/// `result<list<u8>, stream-error>`, and without the list.
#[repr(C)]
#[derive(Default)]
pub struct Outcome {
    failed: u8,
    /// Where the bytes are; or, of a failure, whether it is the stream's end.
    first: u32,
    length: u32,
}

const READ_BYTES: u64 = 64 * 1024;
/// More than this in one write is an error.
const WRITE_BYTES: usize = 4096;
const END: u8 = 1;

/// How the host hands over lists: in memory that the guest provides, and owns.
#[no_mangle]
pub unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    use std::alloc::{alloc, realloc, Layout};
    if size == 0 {
        return align as *mut u8;
    }
    if old_size == 0 {
        alloc(Layout::from_size_align_unchecked(size, align))
    } else {
        realloc(old, Layout::from_size_align_unchecked(old_size, align), size)
    }
}

/// Both streams; there is one connection in the life of a cell.
pub fn connect() -> (Input, Output) {
    unsafe {
        let connection = imports::create_connection();
        let input = imports::get_input_stream(connection);
        let output = imports::get_output_stream(connection);
        imports::drop_connection(connection);
        (Input { stream: input, state: Rc::default() }, Output { stream: output, pending: Rc::default() })
    }
}

/// Runs a program, and what works in the background, until the program ends; waits for the host when neither can go on.
pub fn drive<T>(
    (input, output): (&Input, &Output),
    program: impl Future<Output = T>,
    background: impl Future,
) -> T {
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = waker(woken.clone());
    let mut context = Context::from_waker(&waker);
    let mut program = Box::pin(program);
    let mut background = Some(Box::pin(background));
    loop {
        while woken.0.swap(false, Ordering::Relaxed) {
            let ended = background.as_mut().map(|future| future.as_mut().poll(&mut context).is_ready());
            if ended == Some(true) {
                background = None;
            }
            if let Poll::Ready(result) = program.as_mut().poll(&mut context) {
                output.send();
                return result;
            }
        }
        output.send();
        input.wait();
    }
}

struct Woken(AtomicBool);

impl ArcWake for Woken {
    fn wake_by_ref(this: &Arc<Self>) {
        this.0.store(true, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    /// How many of them were read.
    taken: usize,
    ended: bool,
    waiting: Option<Waker>,
}

/// What the host sends. Reading never waits by itself: whoever runs the event loop calls `wait` when nothing else is to do.
#[derive(Clone)]
pub struct Input {
    stream: u32,
    state: Rc<RefCell<State>>,
}

impl Input {
    /// Waits until the host has sent something, or the end.
    pub fn wait(&self) {
        let mut outcome = Outcome::default();
        unsafe { imports::blocking_read(self.stream, READ_BYTES, &mut outcome) };
        let mut state = self.state.borrow_mut();
        if outcome.failed == 0 {
            let length = outcome.length as usize;
            let bytes = unsafe { Vec::from_raw_parts(outcome.first as *mut u8, length, length) };
            if state.taken == state.bytes.len() {
                state.bytes = bytes;
                state.taken = 0;
            } else {
                state.bytes.extend(bytes);
            }
        } else {
            state.ended = true;
        }
        if let Some(waker) = state.waiting.take() {
            waker.wake();
        }
    }
}

impl AsyncRead for Input {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context, to: &mut [u8]) -> Poll<Result<usize>> {
        let mut state = self.state.borrow_mut();
        let rest = &state.bytes[state.taken..];
        if rest.is_empty() && !state.ended {
            state.waiting = Some(context.waker().clone());
            return Poll::Pending;
        }
        let count = to.len().min(rest.len());
        to[..count].copy_from_slice(&rest[..count]);
        state.taken += count;
        Poll::Ready(Ok(count))
    }
}

#[derive(Default)]
struct Pending {
    bytes: Vec<u8>,
    refused: Option<ErrorKind>,
}

/// What the host receives. A call to the host costs more than many small messages, so bytes are gathered until they fill one,
/// or the program waits.
#[derive(Clone)]
pub struct Output {
    stream: u32,
    pending: Rc<RefCell<Pending>>,
}

impl Output {
    /// Sends what was gathered; a failure is told to the next writer.
    fn send(&self) {
        let mut pending = self.pending.borrow_mut();
        for bytes in std::mem::take(&mut pending.bytes).chunks(WRITE_BYTES) {
            let mut outcome = Outcome::default();
            unsafe { imports::blocking_write(self.stream, bytes.as_ptr(), bytes.len(), &mut outcome) };
            if outcome.failed != 0 {
                let ended = outcome.first as u8 == END;
                pending.refused = Some(if ended { ErrorKind::BrokenPipe } else { ErrorKind::Other });
                return;
            }
        }
    }
}

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context, bytes: &[u8]) -> Poll<Result<usize>> {
        let mut pending = self.pending.borrow_mut();
        if let Some(kind) = pending.refused {
            return Poll::Ready(Err(Error::new(kind, "the host takes no more")));
        }
        pending.bytes.extend_from_slice(bytes);
        let full = pending.bytes.len() >= WRITE_BYTES;
        drop(pending);
        if full {
            self.send();
        }
        Poll::Ready(Ok(bytes.len()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_close(self: Pin<&mut Self>, _: &mut Context) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}
