//! The interface of the interop tests, served as `peer.c++` does.

use crate::dynamic::{unimplemented, Incoming, Object, Remote};
use crate::schema::{callee, counter, executor, greeter, holder, host, membrane, peer, size, stream};
use capnp::capability::Promise;
use capnp::{Error, ErrorKind};
use futures::channel::oneshot;
use std::cell::Cell;
use std::rc::Rc;

/// Adds 1 to a shared count when it is created, and subtracts 1 when it is dropped.
pub struct Live(Rc<Cell<u32>>);

impl Live {
    pub fn new(count: &Rc<Cell<u32>>) -> Live {
        count.set(count.get() + 1);
        Live(count.clone())
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

pub struct Counter {
    total: i64,
    count: u32,
    _live: Option<Live>,
}

impl Counter {
    pub fn new() -> Counter {
        Counter { total: 0, count: 0, _live: None }
    }
    pub fn counted(count: &Rc<Cell<u32>>) -> Counter {
        Counter { _live: Some(Live::new(count)), ..Counter::new() }
    }
}

impl Object for Counter {
    fn call(&mut self, method: (u64, u16), mut call: Incoming) -> Promise<(), Error> {
        match method {
            counter::ADD => {
                self.count += 1;
                self.total += capnp_rpc::pry!(call.params()).get_data_field::<i64>(0);
                call.results(size(1, 0)).set_data_field(0, self.total);
            }
            counter::CALLS => call.results(size(1, 0)).set_data_field(0, self.count),
            _ => return unimplemented(),
        }
        Promise::ok(())
    }
}

pub struct Callee;

impl Object for Callee {
    fn call(&mut self, method: (u64, u16), mut call: Incoming) -> Promise<(), Error> {
        if method != callee::GIVE {
            return unimplemented();
        }
        let number = capnp_rpc::pry!(call.params()).get_data_field::<i64>(0);
        let results = call.results(size(1, 1));
        results.set_data_field(0, number * 2);
        results.get_pointer_field(0).set_capability(Counter::new().serve().hook());
        Promise::ok(())
    }
}

struct Greeter;

impl Object for Greeter {
    fn call(&mut self, method: (u64, u16), call: Incoming) -> Promise<(), Error> {
        let done = match method {
            greeter::GREET => greet(call),
            greeter::THANK => thank(call),
            _ => return unimplemented(),
        };
        capnp_rpc::pry!(done);
        Promise::ok(())
    }
}

fn greet(mut call: Incoming) -> Result<(), Error> {
    let params = call.params()?;
    let name = params.get_pointer_field(0);
    let name = if name.is_null() { "you" } else { name.get_text(None)? };
    let times = params.get_data_field_mask::<u32>(0, 2);
    let text = format!("hello {};", name).repeat(times as usize);
    call.results(size(1, 1)).get_pointer_field(0).set_text(&text);
    Ok(())
}

fn thank(mut call: Incoming) -> Result<(), Error> {
    let params = call.params()?;
    let number = params.get_data_field::<u32>(0);
    let text = format!("thank you, {}", params.get_pointer_field(0).get_text(None)?);
    let results = call.results(size(1, 1));
    results.set_data_field(0, number + 1);
    results.get_pointer_field(0).set_text(&text);
    Ok(())
}

struct Stream {
    sum: u64,
    count: u32,
}

impl Object for Stream {
    fn call(&mut self, method: (u64, u16), mut call: Incoming) -> Promise<(), Error> {
        match method {
            stream::PUSH => {
                let number = capnp_rpc::pry!(call.params()).get_data_field::<u32>(0);
                if number > 1000 {
                    return Promise::err(Error::failed("number is too large".to_string()));
                }
                self.sum += u64::from(number);
                self.count += 1;
                call.results(size(0, 0));
            }
            stream::FINISH => {
                let results = call.results(size(2, 0));
                results.set_data_field(0, self.sum);
                results.set_data_field(2, self.count);
            }
            _ => return unimplemented(),
        }
        Promise::ok(())
    }
}

/// Keeps a Pair(Text, Counter) as it came.
struct Holder {
    name: String,
    counter: Option<Remote>,
}

impl Object for Holder {
    fn call(&mut self, method: (u64, u16), mut call: Incoming) -> Promise<(), Error> {
        match method {
            holder::PUT => {
                let pair = capnp_rpc::pry!(capnp_rpc::pry!(call.params()).get_pointer_field(0).get_struct(None));
                self.name = capnp_rpc::pry!(pair.get_pointer_field(0).get_text(None)).to_string();
                let counter = capnp_rpc::pry!(pair.get_pointer_field(1).get_capability());
                self.counter = Some(capnp::capability::FromClientHook::new(counter));
                call.results(size(0, 0));
            }
            holder::GET => {
                let pair = call.results(size(0, 1)).get_pointer_field(0).init_struct(size(0, 2));
                pair.get_pointer_field(0).set_text(&self.name);
                if let Some(counter) = &self.counter {
                    pair.get_pointer_field(1).set_capability(counter.hook());
                }
            }
            _ => return unimplemented(),
        }
        Promise::ok(())
    }
}

struct Executor;

impl Object for Executor {
    fn call(&mut self, method: (u64, u16), mut call: Incoming) -> Promise<(), Error> {
        if method != executor::ECHO {
            return unimplemented();
        }
        let params = capnp_rpc::pry!(call.params());
        let text = format!("Echo: {}", capnp_rpc::pry!(params.get_pointer_field(0).get_text(None)));
        call.results(size(0, 1)).get_pointer_field(0).set_text(&text);
        Promise::ok(())
    }
}

struct Host;

impl Object for Host {
    fn call(&mut self, method: (u64, u16), call: Incoming) -> Promise<(), Error> {
        if method != host::EXECUTOR {
            return unimplemented();
        }
        capnp_rpc::pry!(call.give(Executor.serve()));
        Promise::ok(())
    }
}

struct Membrane;

impl Object for Membrane {
    fn call(&mut self, method: (u64, u16), mut call: Incoming) -> Promise<(), Error> {
        if method != membrane::GRAFT {
            return unimplemented();
        }
        let session = call.results(size(0, 1)).get_pointer_field(0).init_struct(size(0, 3));
        let epoch = session.get_pointer_field(0).init_struct(size(2, 1));
        epoch.set_data_field(0, 7u64);
        epoch.get_pointer_field(0).set_data(b"head");
        let extension = session.get_pointer_field(2).init_struct(size(0, 2));
        extension.get_pointer_field(0).set_capability(Host.serve().hook());
        extension.get_pointer_field(1).set_capability(Executor.serve().hook());
        Promise::ok(())
    }
}

/// Counts that all connections of the process share.
#[derive(Clone, Default)]
pub struct Counts {
    pub live: Rc<Cell<u32>>,
    pub canceled: Rc<Cell<u32>>,
}

pub struct Peer {
    counts: Counts,
    held: Option<Remote>,
    promised: Option<oneshot::Sender<Result<Remote, Error>>>,
}

impl Peer {
    pub fn new(counts: Counts) -> Peer {
        Peer { counts, held: None, promised: None }
    }

    fn fail(&self, call: Incoming) -> Result<(), Error> {
        let params = call.params()?;
        let kind = match params.get_data_field::<u16>(0) {
            1 => ErrorKind::Overloaded,
            2 => ErrorKind::Disconnected,
            3 => ErrorKind::Unimplemented,
            _ => ErrorKind::Failed,
        };
        let description = params.get_pointer_field(0).get_text(None)?.to_string();
        Err(Error { kind, description })
    }

    fn make_nested(&self, mut call: Incoming) -> Result<(), Error> {
        let outer = call.results(size(0, 1)).get_pointer_field(0).init_struct(size(0, 1));
        let middle = outer.get_pointer_field(0).init_struct(size(0, 2));
        middle.get_pointer_field(0).set_text("nested");
        middle.get_pointer_field(1).set_capability(Counter::counted(&self.counts.live).serve().hook());
        Ok(())
    }

    fn hold(&mut self, mut call: Incoming) -> Result<(), Error> {
        let none = call.params()?.get_pointer_field(0).is_null();
        self.held = if none { None } else { Some(call.capability(0)?) };
        call.results(size(0, 0));
        Ok(())
    }

    fn promise_counter(&mut self, call: Incoming) -> Result<(), Error> {
        let (sender, receiver) = oneshot::channel::<Result<Remote, Error>>();
        self.promised = Some(sender);
        call.give(Remote::promised(async move {
            receiver.await.unwrap_or_else(|_| Err(Error::failed("promise was forgotten".to_string())))
        }))
    }

    fn keep_promise(&mut self, mut call: Incoming) -> Result<(), Error> {
        let none = call.params()?.get_pointer_field(0).is_null();
        let kept = if none {
            Err(Error::failed("promise was broken".to_string()))
        } else {
            call.capability(0)
        };
        if let Some(sender) = self.promised.take() {
            let _ = sender.send(kept);
        }
        call.results(size(0, 0));
        Ok(())
    }
}

/// Passes a call of `add` on to a counter.
async fn add(counter: Remote, amount: i64, mut call: Incoming) -> Result<(), Error> {
    let answer = counter.call(counter::ADD, size(1, 0), |params| params.set_data_field(0, amount)).done().await?;
    let total = answer.root()?.get_data_field::<i64>(0);
    call.results(size(1, 0)).set_data_field(0, total);
    Ok(())
}

/// Adds 1 to the count when it is dropped.
struct Canceled(Rc<Cell<u32>>);

impl Drop for Canceled {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

impl Object for Peer {
    fn call(&mut self, method: (u64, u16), mut call: Incoming) -> Promise<(), Error> {
        let done = match method {
            peer::ECHO_ALL | peer::ECHO_DEFAULTS | peer::ECHO_SHAPES => call.echo(),
            peer::ECHO_ANY | peer::ECHO_CAP | peer::ECHO_COUNTERS => call.echo(),
            peer::MAKE_COUNTER => call.give(Counter::counted(&self.counts.live).serve()),
            peer::MAKE_NESTED => self.make_nested(call),
            peer::LIVE_COUNTERS => {
                call.results(size(1, 0)).set_data_field(0, self.counts.live.get());
                Ok(())
            }
            peer::CALL_COUNTER => {
                let counter = capnp_rpc::pry!(call.capability(0));
                let amount = capnp_rpc::pry!(call.params()).get_data_field::<i64>(0);
                return Promise::from_future(add(counter, amount, call));
            }
            peer::HOLD => self.hold(call),
            peer::CALL_HELD => {
                let amount = capnp_rpc::pry!(call.params()).get_data_field::<i64>(0);
                match self.held.clone() {
                    Some(held) => return Promise::from_future(add(held, amount, call)),
                    None => Err(Error::failed("Nothing is held".to_string())),
                }
            }
            peer::GET_HELD => match self.held.clone() {
                Some(held) => call.give(held),
                None => Ok(drop(call.results(size(0, 1)))),
            },
            peer::FAIL => self.fail(call),
            peer::NEVER_RETURN => {
                let counter = capnp_rpc::pry!(call.capability(0));
                let canceled = Canceled(self.counts.canceled.clone());
                return Promise::from_future(async move {
                    let _held = (counter, canceled, call);
                    futures::future::pending::<()>().await;
                    Ok(())
                });
            }
            peer::CANCELED => {
                call.results(size(1, 0)).set_data_field(0, self.counts.canceled.get());
                Ok(())
            }
            peer::PROMISE_COUNTER => self.promise_counter(call),
            peer::KEEP_PROMISE => self.keep_promise(call),
            peer::GREETER => call.give(Greeter.serve()),
            peer::STREAM => call.give(Stream { sum: 0, count: 0 }.serve()),
            peer::HOLDER => call.give(Holder { name: String::new(), counter: None }.serve()),
            peer::GET_NULL => Ok(drop(call.results(size(0, 1)))),
            peer::MEMBRANE => call.give(Membrane.serve()),
            // The library has no tail calls: `tail_call` is `unimplemented!()`.
            _ => return unimplemented(),
        };
        capnp_rpc::pry!(done);
        Promise::ok(())
    }
}
