//! The checks that this implementation makes of a peer that serves `Peer`; the same as in `peer.c++`.

use crate::dynamic::{Answer, Call, In, Object, Remote};
use crate::objects::{Callee, Counter, Counts};
use crate::schema::{counter, executor, greeter, holder, host, membrane, peer, size, stream};
use crate::values::{all_types, canonical, canonical_of, shapes};
use capnp::private::layout::{ElementSize, PointerBuilder};
use capnp::{primitive_list, Error, ErrorKind};
use capnp::traits::FromPointerReader;
use futures::Future;

type Checked = Result<(), Error>;

pub struct Checks {
    peer: Remote,
    counts: Counts,
}

pub async fn run(peer: Remote) {
    let checks = Checks { peer, counts: Counts::default() };
    report("values of every type", checks.echo(peer::ECHO_ALL, all_types)).await;
    report("defaults", checks.defaults()).await;
    report("unions and groups", checks.echo(peer::ECHO_SHAPES, shapes)).await;
    report("a pointer of any type", checks.any_pointer()).await;
    report("capabilities made, called and released", checks.made_and_released()).await;
    report("pipelining through structs", checks.pipelining()).await;
    report("callbacks", checks.callbacks()).await;
    report("capabilities held by the peer, and sent home", checks.sent_home()).await;
    report("lists of capabilities, the same one twice", checks.lists()).await;
    report("exceptions: failed", checks.exception(0, ErrorKind::Failed)).await;
    report("exceptions: overloaded", checks.exception(1, ErrorKind::Overloaded)).await;
    report("exceptions: disconnected", checks.exception(2, ErrorKind::Disconnected)).await;
    report("exceptions: unimplemented", checks.exception(3, ErrorKind::Unimplemented)).await;
    report("an unknown method is unimplemented", checks.unknown_method()).await;
    report("cancellation", checks.cancellation()).await;
    report("a promise that resolves to the caller's own capability keeps its order", checks.embargo()).await;
    report("a promised capability, kept by a capability of the caller", checks.kept_by_caller()).await;
    report("a promised capability, kept by one of the peer's", checks.kept_by_peer()).await;
    report("a promised capability, broken", checks.broken()).await;
    report("inherited methods, and left out parameters", checks.inherited()).await;
    report("streaming", checks.streaming()).await;
    report("a failed streaming call fails what follows", checks.failed_streaming()).await;
    report("generic interfaces", checks.generics()).await;
    report("tail calls", checks.tail()).await;
    report("a null capability", checks.null()).await;
    report("a large message", checks.large()).await;
    report("graft on a Membrane", checks.graft()).await;
}

async fn report(name: &str, check: impl Future<Output = Checked>) {
    match check.await {
        Ok(()) => println!("ok {}", name),
        Err(error) => println!("not ok {}: {}", name, error.description.replace('\n', " ")),
    }
}

fn require(condition: bool, what: &str) -> Checked {
    if condition {
        Ok(())
    } else {
        Err(Error::failed(what.to_string()))
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Checked {
    require(found == expected, &format!("expected {:?}, found {:?}", expected, found))
}

fn add(counter: &Remote, amount: i64) -> Call {
    counter.call(counter::ADD, size(1, 0), |params| params.set_data_field(0, amount))
}

async fn total(call: Call) -> Result<i64, Error> {
    Ok(call.done().await?.root()?.get_data_field(0))
}

async fn refusal(call: Call) -> Result<Error, Error> {
    match call.done().await {
        Ok(_) => Err(Error::failed("The call did not fail".to_string())),
        Err(error) => Ok(error),
    }
}

impl Checks {
    /// A call with one capability as its parameter.
    fn with(&self, method: (u64, u16), capability: &Remote) -> Call {
        self.peer.call(method, size(0, 1), |params| {
            params.get_pointer_field(0).set_capability(capability.hook())
        })
    }

    /// Releases have arrived when a call made after them has returned.
    async fn settle(&self) -> Result<u32, Error> {
        Ok(self.peer.ask(peer::CANCELED).done().await?.root()?.get_data_field(0))
    }

    async fn live(&self) -> Result<u32, Error> {
        self.settle().await?;
        Ok(self.peer.ask(peer::LIVE_COUNTERS).done().await?.root()?.get_data_field(0))
    }

    async fn echo(&self, method: (u64, u16), write: fn(PointerBuilder)) -> Checked {
        let call = self.peer.call(method, size(0, 1), |params| write(params.get_pointer_field(0)));
        let answer = call.done().await?;
        let back = canonical(In(answer.root()?.get_pointer_field(0)))?;
        require(back == canonical_of(write)?, "What came back is not what was sent")
    }

    async fn defaults(&self) -> Checked {
        let call = self.peer.call(peer::ECHO_DEFAULTS, size(0, 1), |params| {
            params.get_pointer_field(0).init_struct(size(6, 5));
        });
        let answer = call.done().await?;
        let value = answer.root()?.get_pointer_field(0).get_struct(None)?;
        // Numbers travel as their difference from the default.
        equal(value.get_data_section_as_blob().iter().any(|byte| *byte != 0), false)?;
        let at = |index| value.get_pointer_field(index);
        require(at(0).is_null() || at(0).get_text(None)? == "grün", "text")?;
        require(at(1).is_null() || at(1).get_data(None)? == [0, 255, 127], "data")?;
        if !at(2).is_null() {
            let inner = at(2).get_struct(None)?;
            equal(inner.get_data_field::<u32>(0), 7)?;
            equal(inner.get_pointer_field(0).get_text(None)?, "seven")?;
        }
        if !at(3).is_null() {
            let numbers = primitive_list::Reader::<i32>::get_from_pointer(&at(3), None)?;
            equal(numbers.iter().collect::<Vec<_>>(), vec![1, -2, 3])?;
        }
        Ok(())
    }

    async fn any_pointer(&self) -> Checked {
        fn write(to: PointerBuilder) {
            to.init_struct(size(1, 1)).get_pointer_field(0).set_text("any");
        }
        self.echo(peer::ECHO_ANY, write).await?;
        let back = self.with(peer::ECHO_ANY, &Counter::new().serve()).done().await?;
        equal(total(add(&back.capability(0)?, 2)).await?, 2)
    }

    async fn made_and_released(&self) -> Checked {
        {
            let counter = self.peer.ask(peer::MAKE_COUNTER).done().await?.capability(0)?;
            equal(total(add(&counter, 3)).await?, 3)?;
            equal(total(add(&counter, 4)).await?, 7)?;
            equal(self.live().await?, 1)?;
        }
        equal(self.live().await?, 0)
    }

    async fn pipelining(&self) -> Checked {
        let nested = self.peer.ask(peer::MAKE_NESTED);
        let counter = nested.ahead(&[0, 0, 1]);
        let (first, second) = (add(&counter, 5), add(&counter, 6));
        equal(total(first).await?, 5)?;
        equal(total(second).await?, 11)?;
        let answer = nested.done().await?;
        let outer = answer.root()?.get_pointer_field(0).get_struct(None)?;
        let middle = outer.get_pointer_field(0).get_struct(None)?;
        equal(middle.get_pointer_field(0).get_text(None)?, "nested")
    }

    async fn callbacks(&self) -> Checked {
        let call = self.peer.call(peer::CALL_COUNTER, size(1, 1), |params| {
            params.set_data_field(0, 9i64);
            params.get_pointer_field(0).set_capability(Counter::new().serve().hook());
        });
        equal(total(call).await?, 9)
    }

    async fn sent_home(&self) -> Checked {
        {
            let mine = Counter::counted(&self.counts.live).serve();
            self.with(peer::HOLD, &mine).done().await?;
            let held = self.peer.call(peer::CALL_HELD, size(1, 0), |params| params.set_data_field(0, 2i64));
            equal(total(held).await?, 2)?;
            let back = self.peer.ask(peer::GET_HELD).done().await?.capability(0)?;
            equal(total(add(&back, 3)).await?, 5)?;
        }
        self.peer.call(peer::HOLD, size(0, 1), |_| {}).done().await?;
        self.settle().await?;
        equal(self.counts.live.get(), 0)
    }

    async fn lists(&self) -> Checked {
        let mine = Counter::new().serve();
        let call = self.peer.call(peer::ECHO_COUNTERS, size(0, 1), |params| {
            let list = params.get_pointer_field(0).init_list(ElementSize::Pointer, 3);
            list.get_pointer_element(0).set_capability(mine.hook());
            list.get_pointer_element(2).set_capability(mine.hook());
        });
        let answer = call.done().await?;
        let list = answer.root()?.get_pointer_field(0).get_list(ElementSize::Pointer, None)?;
        equal(list.len(), 3)?;
        require(list.get_pointer_element(1).is_null(), "The second is not null")?;
        for (index, expected) in [(0, 1), (2, 2)] {
            let hook = list.get_pointer_element(index).get_capability()?;
            let counter: Remote = capnp::capability::FromClientHook::new(hook);
            equal(total(add(&counter, 1)).await?, expected)?;
        }
        Ok(())
    }

    async fn exception(&self, number: u16, kind: ErrorKind) -> Checked {
        let call = self.peer.call(peer::FAIL, size(1, 1), |params| {
            params.set_data_field(0, number);
            params.get_pointer_field(0).set_text("as asked");
        });
        let error = refusal(call).await?;
        equal(error.kind, kind)?;
        require(error.description.ends_with("as asked"), &error.description)
    }

    async fn unknown_method(&self) -> Checked {
        equal(refusal(self.peer.ask(counter::CALLS)).await?.kind, ErrorKind::Unimplemented)?;
        equal(refusal(self.peer.ask((peer::ID, 999))).await?.kind, ErrorKind::Unimplemented)
    }

    async fn cancellation(&self) -> Checked {
        let before = self.settle().await?;
        {
            let _call = self.with(peer::NEVER_RETURN, &Counter::counted(&self.counts.live).serve());
            self.settle().await?;
        }
        self.live().await?;
        equal(self.settle().await?, before + 1)?;
        equal(self.counts.live.get(), 0)
    }

    async fn embargo(&self) -> Checked {
        let call = self.with(peer::ECHO_CAP, &Counter::new().serve());
        let early = call.ahead(&[0]);
        let first = add(&early, 1);
        let answer = call.done().await?;
        let (second, third) = (add(&early, 10), add(&early, 100));
        equal(total(first).await?, 1)?;
        equal(total(second).await?, 11)?;
        equal(total(third).await?, 111)?;
        equal(total(add(&answer.capability(0)?, 1000)).await?, 1111)
    }

    async fn kept_by_caller(&self) -> Checked {
        let promised = self.peer.ask(peer::PROMISE_COUNTER).done().await?.capability(0)?;
        let (first, second) = (add(&promised, 1), add(&promised, 2));
        self.with(peer::KEEP_PROMISE, &Counter::new().serve()).done().await?;
        let third = add(&promised, 4);
        equal(total(first).await?, 1)?;
        equal(total(second).await?, 3)?;
        equal(total(third).await?, 7)?;
        equal(total(add(&promised, 8)).await?, 15)
    }

    async fn kept_by_peer(&self) -> Checked {
        let promised = self.peer.ask(peer::PROMISE_COUNTER).done().await?.capability(0)?;
        let first = add(&promised, 1);
        let made = self.peer.ask(peer::MAKE_COUNTER).done().await?.capability(0)?;
        self.with(peer::KEEP_PROMISE, &made).done().await?;
        equal(total(first).await?, 1)?;
        equal(total(add(&promised, 1)).await?, 2)
    }

    async fn broken(&self) -> Checked {
        let promised = self.peer.ask(peer::PROMISE_COUNTER).done().await?.capability(0)?;
        let call = add(&promised, 1);
        self.peer.call(peer::KEEP_PROMISE, size(0, 1), |_| {}).done().await?;
        let error = refusal(call).await?;
        require(error.description.ends_with("promise was broken"), &error.description)
    }

    async fn inherited(&self) -> Checked {
        let greeter = self.peer.ask(peer::GREETER).done().await?.capability(0)?;
        let answer = greeter.ask(greeter::GREET).done().await?;
        let results = answer.root()?;
        equal(results.get_pointer_field(0).get_text(None)?, "hello you;hello you;")?;
        equal(results.get_data_field_mask::<u32>(0, 3), 3)?;
        let call = greeter.call(greeter::THANK, size(1, 1), |params| {
            params.set_data_field(0, 1u32);
            params.get_pointer_field(0).set_text("you");
        });
        let thanks = call.done().await?;
        equal(thanks.root()?.get_data_field::<u32>(0), 2)?;
        equal(thanks.root()?.get_pointer_field(0).get_text(None)?, "thank you, you")
    }

    async fn stream(&self) -> Result<Remote, Error> {
        self.peer.ask(peer::STREAM).done().await?.capability(0)
    }

    async fn streaming(&self) -> Checked {
        let stream = self.stream().await?;
        for number in 0..1000u32 {
            stream.call(stream::PUSH, size(1, 0), |params| params.set_data_field(0, number)).done().await?;
        }
        let answer = stream.ask(stream::FINISH).done().await?;
        equal(answer.root()?.get_data_field::<u64>(0), 499500)?;
        equal(answer.root()?.get_data_field::<u32>(2), 1000)
    }

    async fn failed_streaming(&self) -> Checked {
        let stream = self.stream().await?;
        let push = stream.call(stream::PUSH, size(1, 0), |params| params.set_data_field(0, 1001u32));
        refusal(push).await?;
        refusal(stream.ask(stream::FINISH)).await.map(drop)
    }

    async fn generics(&self) -> Checked {
        let holder = self.peer.ask(peer::HOLDER).done().await?.capability(0)?;
        let put = holder.call(holder::PUT, size(0, 1), |params| {
            let pair = params.get_pointer_field(0).init_struct(size(0, 2));
            pair.get_pointer_field(0).set_text("pair");
            pair.get_pointer_field(1).set_capability(Counter::new().serve().hook());
        });
        put.done().await?;
        let get = holder.ask(holder::GET);
        equal(total(add(&get.ahead(&[0, 1]), 6)).await?, 6)?;
        let answer = get.done().await?;
        let pair = answer.root()?.get_pointer_field(0).get_struct(None)?;
        equal(pair.get_pointer_field(0).get_text(None)?, "pair")
    }

    async fn tail(&self) -> Checked {
        let call = self.peer.call(peer::TAIL, size(1, 1), |params| {
            params.set_data_field(0, 21i64);
            params.get_pointer_field(0).set_capability(Callee.serve().hook());
        });
        let early = add(&call.ahead(&[0]), 1);
        let answer = call.done().await?;
        equal(answer.root()?.get_data_field::<i64>(0), 42)?;
        equal(total(early).await?, 1)?;
        equal(total(add(&answer.capability(0)?, 1)).await?, 2)
    }

    async fn null(&self) -> Checked {
        let answer = self.peer.ask(peer::GET_NULL).done().await?;
        require(answer.root()?.get_pointer_field(0).is_null(), "It is not null")
    }

    async fn large(&self) -> Checked {
        fn write(to: PointerBuilder) {
            to.init_struct(size(6, 20)).get_pointer_field(1).set_data(&[b'x'; 3_000_000]);
        }
        let call = self.peer.call(peer::ECHO_ALL, size(0, 1), |params| write(params.get_pointer_field(0)));
        let answer = call.done().await?;
        let data = answer.root()?.get_pointer_field(0).get_struct(None)?.get_pointer_field(1);
        require(data.get_data(None)? == [b'x'; 3_000_000], "The data is another")
    }

    async fn graft(&self) -> Checked {
        let membrane = self.peer.ask(peer::MEMBRANE).ahead(&[0]);
        let graft = membrane.call(membrane::GRAFT, size(0, 1), |_| {});
        // Nothing has returned yet.
        let executor = graft.ahead(&membrane::HOST).ask(host::EXECUTOR).ahead(&[0]);
        let (first, second) = (echo(&executor, "a"), echo(&graft.ahead(&membrane::EXECUTOR), "b"));
        equal(echoed(&first.done().await?)?, "Echo: a")?;
        equal(echoed(&second.done().await?)?, "Echo: b")?;
        let answer = graft.done().await?;
        let mut epoch = answer.root()?;
        for index in membrane::EPOCH {
            epoch = epoch.get_pointer_field(index.into()).get_struct(None)?;
        }
        equal(epoch.get_data_field::<u64>(0), 7)?;
        equal(epoch.get_pointer_field(0).get_data(None)?, b"head")
    }
}

fn echo(executor: &Remote, message: &str) -> Call {
    executor.call(executor::ECHO, size(0, 1), |params| params.get_pointer_field(0).set_text(message))
}

fn echoed(answer: &Answer) -> Result<&str, Error> {
    answer.root()?.get_pointer_field(0).get_text(None)
}
