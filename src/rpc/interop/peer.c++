// The reference implementation as a peer: `peer serve`, `peer call <port>`, `peer proxy <port>`, `peer vanish <port>`.
//
// serve: offers Peer on a free port of 127.0.0.1, printed as `port N`, until stdin ends.
// call:  calls everything on the Peer at the port, and prints `ok NAME` or `not ok NAME: REASON` for each check.
// proxy: offers what the Peer at the port offers, as a vat in between.
// vanish: gets and gives capabilities, then ends in the middle of a frame, with calls under way.

#include <arpa/inet.h>
#include <capnp/ez-rpc.h>
#include <capnp/message.h>
#include <capnp/rpc-twoparty.h>
#include <kj/debug.h>
#include <kj/async-io.h>
#include <cstring>
#include <functional>
#include <iostream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include "interop.capnp.h"
#include "first/membrane.capnp.h"
#include "first/stem.capnp.h"

namespace {

int liveCounters = 0;
int canceledCalls = 0;

class CounterImpl final : public Counter::Server {
public:
  explicit CounterImpl(bool counted = true) : counted(counted) {
    if (counted) ++liveCounters;
  }
  ~CounterImpl() noexcept(false) {
    if (counted) --liveCounters;
  }

protected:
  kj::Promise<void> add(AddContext context) override {
    ++count;
    total += context.getParams().getAmount();
    context.getResults().setTotal(total);
    return kj::READY_NOW;
  }
  kj::Promise<void> calls(CallsContext context) override {
    context.getResults().setCount(count);
    return kj::READY_NOW;
  }

private:
  bool counted;
  int64_t total = 0;
  uint32_t count = 0;
};

class GreeterImpl final : public PoliteGreeter::Server {
protected:
  kj::Promise<void> greet(GreetContext context) override {
    auto params = context.getParams();
    std::string text;
    for (uint32_t i = 0; i < params.getTimes(); i++) {
      text += std::string("hello ") + params.getName().cStr() + ";";
    }
    context.getResults().setText(text.c_str());
    return kj::READY_NOW;
  }
  kj::Promise<void> thank(ThankContext context) override {
    auto params = context.getParams();
    auto results = context.getResults();
    results.setNumber(params.getNumber() + 1);
    results.setName(kj::str("thank you, ", params.getName()));
    return kj::READY_NOW;
  }
};

class StreamImpl final : public Stream::Server {
protected:
  kj::Promise<void> push(PushContext context) override {
    auto number = context.getParams().getNumber();
    KJ_REQUIRE(number <= 1000, "number is too large");
    sum += number;
    ++count;
    return kj::READY_NOW;
  }
  kj::Promise<void> finish(FinishContext context) override {
    auto results = context.getResults();
    results.setSum(sum);
    results.setCount(count);
    return kj::READY_NOW;
  }

private:
  uint64_t sum = 0;
  uint32_t count = 0;
};

using TextAndCounter = Pair<capnp::Text, Counter>;

class HolderImpl final : public Holder<TextAndCounter>::Server {
protected:
  kj::Promise<void> put(PutContext context) override {
    message = kj::heap<capnp::MallocMessageBuilder>();
    message->setRoot(context.getParams().getValue());
    return kj::READY_NOW;
  }
  kj::Promise<void> get(GetContext context) override {
    context.getResults().setValue(message->getRoot<TextAndCounter>().asReader());
    return kj::READY_NOW;
  }

private:
  kj::Own<capnp::MallocMessageBuilder> message;
};

class CalleeImpl final : public Callee::Server {
protected:
  kj::Promise<void> give(GiveContext context) override {
    auto results = context.getResults();
    results.setNumber(context.getParams().getNumber() * 2);
    results.setCounter(kj::heap<CounterImpl>(false));
    return kj::READY_NOW;
  }
};

class ExecutorImpl final : public Executor::Server {
protected:
  kj::Promise<void> echo(EchoContext context) override {
    context.getResults().setResponse(kj::str("Echo: ", context.getParams().getMessage()));
    return kj::READY_NOW;
  }
};

class HostImpl final : public Host::Server {
protected:
  kj::Promise<void> executor(ExecutorContext context) override {
    context.getResults().setExecutor(kj::heap<ExecutorImpl>());
    return kj::READY_NOW;
  }
};

class MembraneImpl final : public Membrane<WetwareSession>::Server {
protected:
  kj::Promise<void> graft(GraftContext context) override {
    auto session = context.getResults().initSession();
    auto epoch = session.initIssuedEpoch();
    epoch.setSeq(7);
    epoch.setHead(kj::StringPtr("head").asBytes());
    auto extension = session.initExtension();
    extension.setHost(kj::heap<HostImpl>());
    extension.setExecutor(kj::heap<ExecutorImpl>());
    return kj::READY_NOW;
  }
};

// Counts a cancellation when destroyed: it is attached to a promise that never resolves.
struct Cancelable {
  ~Cancelable() { ++canceledCalls; }
};

class PeerImpl final : public Peer::Server {
protected:
  kj::Promise<void> echoAll(EchoAllContext context) override {
    context.getResults().setValue(context.getParams().getValue());
    return kj::READY_NOW;
  }
  kj::Promise<void> echoDefaults(EchoDefaultsContext context) override {
    context.getResults().setValue(context.getParams().getValue());
    return kj::READY_NOW;
  }
  kj::Promise<void> echoShapes(EchoShapesContext context) override {
    context.getResults().setValue(context.getParams().getValue());
    return kj::READY_NOW;
  }
  kj::Promise<void> echoAny(EchoAnyContext context) override {
    context.getResults().getValue().set(context.getParams().getValue());
    return kj::READY_NOW;
  }
  kj::Promise<void> echoCap(EchoCapContext context) override {
    context.getResults().setCap(context.getParams().getCap());
    return kj::READY_NOW;
  }
  kj::Promise<void> echoCounters(EchoCountersContext context) override {
    context.getResults().setCounters(context.getParams().getCounters());
    return kj::READY_NOW;
  }
  kj::Promise<void> makeCounter(MakeCounterContext context) override {
    context.getResults().setCounter(kj::heap<CounterImpl>());
    return kj::READY_NOW;
  }
  kj::Promise<void> makeNested(MakeNestedContext context) override {
    auto middle = context.getResults().initOuter().initMiddle();
    middle.setNote("nested");
    middle.setCounter(kj::heap<CounterImpl>());
    return kj::READY_NOW;
  }
  kj::Promise<void> liveCounters(LiveCountersContext context) override {
    context.getResults().setCount(::liveCounters);
    return kj::READY_NOW;
  }
  kj::Promise<void> callCounter(CallCounterContext context) override {
    auto params = context.getParams();
    auto request = params.getCounter().addRequest();
    request.setAmount(params.getAmount());
    return request.send().then([context](auto&& response) mutable {
      context.getResults().setTotal(response.getTotal());
    });
  }
  kj::Promise<void> hold(HoldContext context) override {
    auto params = context.getParams();
    held = params.hasCounter() ? params.getCounter() : Counter::Client(nullptr);
    return kj::READY_NOW;
  }
  kj::Promise<void> callHeld(CallHeldContext context) override {
    auto request = held.addRequest();
    request.setAmount(context.getParams().getAmount());
    return request.send().then([context](auto&& response) mutable {
      context.getResults().setTotal(response.getTotal());
    });
  }
  kj::Promise<void> getHeld(GetHeldContext context) override {
    context.getResults().setCounter(held);
    return kj::READY_NOW;
  }
  kj::Promise<void> fail(FailContext context) override {
    auto params = context.getParams();
    auto type = static_cast<kj::Exception::Type>(params.getType());
    return kj::Exception(type, __FILE__, __LINE__, kj::heapString(params.getReason()));
  }
  kj::Promise<void> neverReturn(NeverReturnContext context) override {
    context.allowCancellation();
    auto held = context.getParams().getCounter();
    context.getResults().setCounter(held);
    return kj::Promise<void>(kj::NEVER_DONE).attach(kj::heap<Cancelable>(), kj::mv(held));
  }
  kj::Promise<void> canceled(CanceledContext context) override {
    context.getResults().setCount(canceledCalls);
    return kj::READY_NOW;
  }
  kj::Promise<void> promiseCounter(PromiseCounterContext context) override {
    auto paf = kj::newPromiseAndFulfiller<Counter::Client>();
    fulfiller = kj::mv(paf.fulfiller);
    context.getResults().setCounter(kj::mv(paf.promise));
    return kj::READY_NOW;
  }
  kj::Promise<void> keepPromise(KeepPromiseContext context) override {
    auto params = context.getParams();
    if (params.hasCounter()) {
      fulfiller->fulfill(params.getCounter());
    } else {
      fulfiller->reject(KJ_EXCEPTION(FAILED, "promise was broken"));
    }
    return kj::READY_NOW;
  }
  kj::Promise<void> greeter(GreeterContext context) override {
    context.getResults().setGreeter(kj::heap<GreeterImpl>());
    return kj::READY_NOW;
  }
  kj::Promise<void> stream(StreamContext context) override {
    context.getResults().setStream(kj::heap<StreamImpl>());
    return kj::READY_NOW;
  }
  kj::Promise<void> holder(HolderContext context) override {
    context.getResults().setHolder(kj::heap<HolderImpl>());
    return kj::READY_NOW;
  }
  kj::Promise<void> tail(TailContext context) override {
    auto params = context.getParams();
    auto request = params.getCallee().giveRequest();
    request.setNumber(params.getNumber());
    return context.tailCall(kj::mv(request));
  }
  kj::Promise<void> getNull(GetNullContext context) override {
    return kj::READY_NOW;
  }
  kj::Promise<void> membrane(MembraneContext context) override {
    context.getResults().setMembrane(kj::heap<MembraneImpl>());
    return kj::READY_NOW;
  }

private:
  Counter::Client held = nullptr;
  kj::Own<kj::PromiseFulfiller<Counter::Client>> fulfiller;
};

// Runs the event loop until stdin ends, which is how the parent ends this process.
void waitForEnd(kj::WaitScope& waitScope, kj::LowLevelAsyncIoProvider& io) {
  auto input = io.wrapInputFd(STDIN_FILENO);
  char byte;
  while (input->tryRead(&byte, 1, 1).wait(waitScope) == 1) {
  }
}

void offer(capnp::EzRpcServer& server) {
  auto& waitScope = server.getWaitScope();
  std::cout << "port " << server.getPort().wait(waitScope) << std::endl;
  waitForEnd(waitScope, server.getLowLevelIoProvider());
}

// ---------------------------------------------------------------------------------------------------------------------

class Checks {
public:
  Checks(Peer::Client peer, kj::WaitScope& waitScope) : peer(peer), waitScope(waitScope) {}

  void check(const char* name, std::function<void()> body) {
    KJ_IF_MAYBE(exception, kj::runCatchingExceptions([&]() { body(); })) {
      std::cout << "not ok " << name << ": " << exception->getDescription().cStr() << std::endl;
    } else {
      std::cout << "ok " << name << std::endl;
    }
  }

  // Lets everything settle: releases have arrived when a call made after them has returned.
  uint32_t countLive() {
    peer.canceledRequest().send().wait(waitScope);
    return peer.liveCountersRequest().send().wait(waitScope).getCount();
  }

  Peer::Client peer;
  kj::WaitScope& waitScope;
};

int64_t add(Counter::Client counter, int64_t amount, kj::WaitScope& waitScope) {
  auto request = counter.addRequest();
  request.setAmount(amount);
  return request.send().wait(waitScope).getTotal();
}

void fill(AllTypes::Builder all) {
  all.setFlag(true);
  all.setInt8(-123);
  all.setInt16(-12345);
  all.setInt32(-12345678);
  all.setInt64(-123456789012345ll);
  all.setUint8(234u);
  all.setUint16(45678u);
  all.setUint32(3456789012u);
  all.setUint64(12345678901234567890ull);
  all.setFloat32(1234.5);
  all.setFloat64(-123e45);
  all.setText("foo ☃");
  all.setData(capnp::Data::Reader(reinterpret_cast<const kj::byte*>("b\0r"), 3));
  all.setColour(Colour::GREEN);
  all.initInner().setNumber(17);
  all.getInner().setName("inner");
  all.setFlags({true, false, false, true, true, true, false, true, false, true});
  all.setInt8s({12, -34, -0x80, 0x7f});
  all.setInt16s({1234, -5678, -0x8000, 0x7fff});
  all.setInt32s({12345678, -90123456, -0x7fffffff - 1, 0x7fffffff});
  all.setInt64s({123456789012345ll, -678901234567890ll});
  all.setUint8s({12u, 34u, 0u, 0xffu});
  all.setUint16s({1234u, 5678u, 0u, 0xffffu});
  all.setUint32s({12345678u, 90123456u, 0u, 0xffffffffu});
  all.setUint64s({123456789012345ull, 18446744073709551615ull});
  all.setFloat32s({0, 1234567, 1e37f, -1e-37f});
  all.setFloat64s({0, 123456789012345, 1e306, -1e-306});
  all.setTexts({"quux", "", "grün"});
  all.initDatas(2).set(0, capnp::Data::Reader(reinterpret_cast<const kj::byte*>("\xff"), 1));
  all.setColours({Colour::BLUE, Colour::RED});
  auto inners = all.initInners(2);
  inners[0].setNumber(1);
  inners[0].setName("");
  inners[1].setName("two");
  auto lists = all.initLists(3);
  lists.set(0, {1, 2, 3});
  lists.set(2, {-4});
  all.initNones(5);
}

void call(uint port) {
  capnp::EzRpcClient client("127.0.0.1", port);
  auto& waitScope = client.getWaitScope();
  auto peer = client.getMain<Peer>();
  Checks checks(peer, waitScope);

  checks.check("values of every type", [&]() {
    auto request = peer.echoAllRequest();
    fill(request.initValue());
    auto sent = kj::str(request.getValue().asReader());
    auto response = request.send().wait(waitScope);
    KJ_REQUIRE(kj::str(response.getValue()) == sent, kj::str(response.getValue()));
  });
  checks.check("defaults", [&]() {
    auto request = peer.echoDefaultsRequest();
    request.initValue();
    auto response = request.send().wait(waitScope);
    auto value = response.getValue();
    capnp::MallocMessageBuilder message;
    auto expected = message.initRoot<Defaults>().asReader();
    bool same = value.getFlag() == expected.getFlag() &&
                value.getInt8() == expected.getInt8() &&
                value.getInt16() == expected.getInt16() &&
                value.getInt32() == expected.getInt32() &&
                value.getInt64() == expected.getInt64() &&
                value.getUint8() == expected.getUint8() &&
                value.getUint16() == expected.getUint16() &&
                value.getUint32() == expected.getUint32() &&
                value.getUint64() == expected.getUint64() &&
                value.getFloat32() == expected.getFloat32() &&
                value.getFloat64() == expected.getFloat64() &&
                value.getText() == expected.getText() &&
                value.getData() == expected.getData() &&
                value.getColour() == expected.getColour();
    KJ_REQUIRE(same);
    KJ_REQUIRE(kj::str(value.getInner()) == kj::str(expected.getInner()));
    KJ_REQUIRE(value.getNumbers().size() == 3 && value.getNumbers()[1] == -2);
    KJ_REQUIRE(value.getTexts().size() == 3 && value.getTexts()[2] == "c");
  });
  checks.check("unions and groups", [&]() {
    auto request = peer.echoShapesRequest();
    auto shapes = request.initValue();
    shapes.setBefore(1);
    shapes.initBox().setWidth(2);
    shapes.getBox().setHeight(3);
    shapes.getExtra().initInner().setName("extra");
    shapes.getAfter().setName("after");
    shapes.initTree(2)[1].setText("leaf");
    shapes.initNext().setNumber(-1);
    // Empty rather than absent: an implementation may write the one for the other.
    for (auto inner: {shapes.getTree()[0], shapes.getTree()[1], shapes.getNext()}) {
      inner.getAfter().setName("");
      inner.initTree(0);
    }
    auto sent = kj::str(shapes.asReader());
    auto response = request.send().wait(waitScope);
    KJ_REQUIRE(kj::str(response.getValue()) == sent, kj::str(response.getValue()));
  });
  checks.check("a pointer of any type", [&]() {
    auto request = peer.echoAnyRequest();
    request.getValue().initAs<AllTypes::Inner>().setName("any");
    auto response = request.send().wait(waitScope);
    KJ_REQUIRE(response.getValue().getAs<AllTypes::Inner>().getName() == "any");
  });
  checks.check("capabilities made, called and released", [&]() {
    {
      auto counter = peer.makeCounterRequest().send().wait(waitScope).getCounter();
      KJ_REQUIRE(add(counter, 3, waitScope) == 3);
      KJ_REQUIRE(add(counter, 4, waitScope) == 7);
      KJ_REQUIRE(checks.countLive() == 1);
    }
    KJ_REQUIRE(checks.countLive() == 0);
  });
  checks.check("pipelining through structs", [&]() {
    auto promise = peer.makeNestedRequest().send();
    auto counter = promise.getOuter().getMiddle().getCounter();
    auto first = counter.addRequest();
    first.setAmount(5);
    auto firstSent = first.send();
    auto second = counter.addRequest();
    second.setAmount(6);
    auto secondSent = second.send();
    KJ_REQUIRE(firstSent.wait(waitScope).getTotal() == 5);
    KJ_REQUIRE(secondSent.wait(waitScope).getTotal() == 11);
    KJ_REQUIRE(promise.wait(waitScope).getOuter().getMiddle().getNote() == "nested");
  });
  checks.check("callbacks", [&]() {
    auto request = peer.callCounterRequest();
    request.setCounter(kj::heap<CounterImpl>(false));
    request.setAmount(9);
    KJ_REQUIRE(request.send().wait(waitScope).getTotal() == 9);
  });
  checks.check("capabilities held by the peer, and sent home", [&]() {
    Counter::Client mine = kj::heap<CounterImpl>(true);
    {
      auto request = peer.holdRequest();
      request.setCounter(mine);
      request.send().wait(waitScope);
    }
    auto held = peer.callHeldRequest();
    held.setAmount(2);
    KJ_REQUIRE(held.send().wait(waitScope).getTotal() == 2);
    auto back = peer.getHeldRequest().send().wait(waitScope).getCounter();
    KJ_REQUIRE(add(back, 3, waitScope) == 5);
    back = nullptr;
    mine = nullptr;
    peer.holdRequest().send().wait(waitScope);
    checks.countLive();
    KJ_REQUIRE(::liveCounters == 0, ::liveCounters);
  });
  checks.check("lists of capabilities, the same one twice", [&]() {
    auto request = peer.echoCountersRequest();
    Counter::Client mine = kj::heap<CounterImpl>(false);
    auto list = request.initCounters(3);
    list.set(0, mine);
    list.set(2, mine);
    auto response = request.send().wait(waitScope);
    auto counters = response.getCounters();
    KJ_REQUIRE(counters.size() == 3);
    KJ_REQUIRE(add(counters[0], 1, waitScope) == 1);
    KJ_REQUIRE(add(counters[2], 1, waitScope) == 2);
  });
  for (uint16_t type = 0; type < 4; type++) {
    static const char* const names[] = {"exceptions: failed", "exceptions: overloaded",
                                        "exceptions: disconnected", "exceptions: unimplemented"};
    checks.check(names[type], [&]() {
      auto request = peer.failRequest();
      request.setType(type);
      request.setReason("as asked");
      auto promise = request.send();
      bool threw = false;
      promise.ignoreResult()
          .then([]() {}, [&](kj::Exception&& exception) {
            threw = true;
            KJ_REQUIRE(static_cast<uint16_t>(exception.getType()) == type);
            KJ_REQUIRE(kj::StringPtr(exception.getDescription()).endsWith("as asked"));
          })
          .wait(waitScope);
      KJ_REQUIRE(threw);
    });
  }
  checks.check("an unknown method is unimplemented", [&]() {
    auto wrong = peer.castAs<Counter>();
    bool threw = false;
    wrong.callsRequest().send().ignoreResult()
        .then([]() {}, [&](kj::Exception&& exception) {
          threw = exception.getType() == kj::Exception::Type::UNIMPLEMENTED;
        })
        .wait(waitScope);
    KJ_REQUIRE(threw);
  });
  checks.check("cancellation", [&]() {
    auto before = peer.canceledRequest().send().wait(waitScope).getCount();
    {
      auto request = peer.neverReturnRequest();
      request.setCounter(kj::heap<CounterImpl>(true));
      auto promise = request.send();
      peer.canceledRequest().send().wait(waitScope);
    }
    checks.countLive();
    KJ_REQUIRE(peer.canceledRequest().send().wait(waitScope).getCount() == before + 1);
    KJ_REQUIRE(::liveCounters == 0, ::liveCounters);
  });
  checks.check("a promise that resolves to the caller's own capability keeps its order", [&]() {
    Counter::Client mine = kj::heap<CounterImpl>(false);
    auto echo = peer.echoCapRequest();
    echo.setCap(mine);
    auto promise = echo.send();
    auto early = promise.getCap().castAs<Counter>();
    auto first = early.addRequest();
    first.setAmount(1);
    auto firstSent = first.send();
    auto resolved = promise.wait(waitScope).getCap().castAs<Counter>();
    auto second = early.addRequest();
    second.setAmount(10);
    auto secondSent = second.send();
    auto third = early.addRequest();
    third.setAmount(100);
    auto thirdSent = third.send();
    KJ_REQUIRE(firstSent.wait(waitScope).getTotal() == 1);
    KJ_REQUIRE(secondSent.wait(waitScope).getTotal() == 11);
    KJ_REQUIRE(thirdSent.wait(waitScope).getTotal() == 111);
    KJ_REQUIRE(add(resolved, 1000, waitScope) == 1111);
  });
  checks.check("a promised capability, kept by a capability of the caller", [&]() {
    auto promised = peer.promiseCounterRequest().send().wait(waitScope).getCounter();
    auto first = promised.addRequest();
    first.setAmount(1);
    auto firstSent = first.send();
    auto second = promised.addRequest();
    second.setAmount(2);
    auto secondSent = second.send();
    auto keep = peer.keepPromiseRequest();
    keep.setCounter(kj::heap<CounterImpl>(false));
    keep.send().wait(waitScope);
    auto third = promised.addRequest();
    third.setAmount(4);
    auto thirdSent = third.send();
    KJ_REQUIRE(firstSent.wait(waitScope).getTotal() == 1);
    KJ_REQUIRE(secondSent.wait(waitScope).getTotal() == 3);
    KJ_REQUIRE(thirdSent.wait(waitScope).getTotal() == 7);
    promised.whenResolved().wait(waitScope);
    KJ_REQUIRE(add(promised, 8, waitScope) == 15);
  });
  checks.check("a promised capability, kept by one of the peer's", [&]() {
    auto promised = peer.promiseCounterRequest().send().wait(waitScope).getCounter();
    auto first = promised.addRequest();
    first.setAmount(1);
    auto firstSent = first.send();
    auto keep = peer.keepPromiseRequest();
    keep.setCounter(peer.makeCounterRequest().send().getCounter());
    keep.send().wait(waitScope);
    KJ_REQUIRE(firstSent.wait(waitScope).getTotal() == 1);
    promised.whenResolved().wait(waitScope);
    KJ_REQUIRE(add(promised, 1, waitScope) == 2);
  });
  checks.check("a promised capability, broken", [&]() {
    auto promised = peer.promiseCounterRequest().send().wait(waitScope).getCounter();
    auto sent = promised.addRequest().send();
    peer.keepPromiseRequest().send().wait(waitScope);
    bool threw = false;
    sent.ignoreResult().then([]() {}, [&](kj::Exception&&) { threw = true; }).wait(waitScope);
    KJ_REQUIRE(threw);
  });
  checks.check("inherited methods, and left out parameters", [&]() {
    auto greeter = peer.greeterRequest().send().wait(waitScope).getGreeter();
    auto response = greeter.greetRequest().send().wait(waitScope);
    KJ_REQUIRE(response.getText() == "hello you;hello you;", response.getText());
    KJ_REQUIRE(response.getLength() == 3);
    auto request = greeter.thankRequest();
    request.setNumber(1);
    request.setName("you");
    auto thanks = request.send().wait(waitScope);
    KJ_REQUIRE(thanks.getNumber() == 2);
    KJ_REQUIRE(thanks.getName() == "thank you, you");
  });
  checks.check("streaming", [&]() {
    auto stream = peer.streamRequest().send().wait(waitScope).getStream();
    for (uint32_t i = 0; i < 1000; i++) {
      auto request = stream.pushRequest();
      request.setNumber(i);
      request.send().wait(waitScope);
    }
    auto response = stream.finishRequest().send().wait(waitScope);
    KJ_REQUIRE(response.getSum() == 499500);
    KJ_REQUIRE(response.getCount() == 1000);
  });
  checks.check("a failed streaming call fails what follows", [&]() {
    auto stream = peer.streamRequest().send().wait(waitScope).getStream();
    auto request = stream.pushRequest();
    request.setNumber(1001);
    bool threw = false;
    request.send().then([]() {}, [](kj::Exception&&) {}).wait(waitScope);
    stream.finishRequest().send().ignoreResult()
        .then([]() {}, [&](kj::Exception&&) { threw = true; })
        .wait(waitScope);
    KJ_REQUIRE(threw);
  });
  checks.check("generic interfaces", [&]() {
    auto holder = peer.holderRequest().send().wait(waitScope).getHolder();
    auto put = holder.putRequest();
    put.initValue().setFirst("pair");
    put.getValue().setSecond(kj::heap<CounterImpl>(false));
    put.send().wait(waitScope);
    auto value = holder.getRequest().send();
    KJ_REQUIRE(add(value.getValue().getSecond(), 6, waitScope) == 6);
    KJ_REQUIRE(value.wait(waitScope).getValue().getFirst() == "pair");
  });
  checks.check("tail calls", [&]() {
    auto request = peer.tailRequest();
    request.setCallee(kj::heap<CalleeImpl>());
    request.setNumber(21);
    auto promise = request.send();
    auto early = promise.getCounter().addRequest();
    early.setAmount(1);
    auto earlySent = early.send();
    auto response = promise.wait(waitScope);
    KJ_REQUIRE(response.getNumber() == 42);
    KJ_REQUIRE(earlySent.wait(waitScope).getTotal() == 1);
    KJ_REQUIRE(add(response.getCounter(), 1, waitScope) == 2);
  });
  checks.check("a null capability", [&]() {
    auto response = peer.getNullRequest().send().wait(waitScope);
    KJ_REQUIRE(!response.hasCounter());
  });
  checks.check("a large message", [&]() {
    auto request = peer.echoAllRequest();
    auto data = request.initValue().initData(3000000);
    memset(data.begin(), 'x', data.size());
    auto response = request.send().wait(waitScope);
    KJ_REQUIRE(response.getValue().getData().size() == 3000000);
    KJ_REQUIRE(response.getValue().getData()[2999999] == 'x');
  });
  checks.check("graft on a Membrane", [&]() {
    auto membrane =
        peer.membraneRequest().send().getMembrane().castAs<Membrane<WetwareSession>>();
    auto graft = membrane.graftRequest().send();
    // Nothing has returned yet.
    auto extension = graft.getSession().getExtension();
    auto first = extension.getHost().executorRequest().send().getExecutor().echoRequest();
    first.setMessage("a");
    auto firstSent = first.send();
    auto second = extension.getExecutor().echoRequest();
    second.setMessage("b");
    auto secondSent = second.send();
    KJ_REQUIRE(firstSent.wait(waitScope).getResponse() == "Echo: a");
    KJ_REQUIRE(secondSent.wait(waitScope).getResponse() == "Echo: b");
    auto response = graft.wait(waitScope);
    auto epoch = response.getSession().getIssuedEpoch();
    KJ_REQUIRE(epoch.getSeq() == 7);
    KJ_REQUIRE(epoch.getHead() == kj::StringPtr("head").asBytes());
    KJ_REQUIRE(!response.getSession().hasStatusPoller());
  });
}

void vanish(uint port) {
  int fd;
  KJ_SYSCALL(fd = socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  KJ_SYSCALL(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)));
  auto io = kj::setupAsyncIo();
  auto stream = io.lowLevelProvider->wrapSocketFd(fd);
  capnp::TwoPartyClient client(*stream);
  auto peer = client.bootstrap().castAs<Peer>();

  Counter::Client mine = kj::heap<CounterImpl>(false);
  auto hold = peer.holdRequest();
  hold.setCounter(mine);
  hold.send().wait(io.waitScope);
  auto made = peer.makeCounterRequest().send().wait(io.waitScope);
  auto never = peer.neverReturnRequest();
  never.setCounter(mine);
  auto sent = never.send();
  peer.canceledRequest().send().wait(io.waitScope);
  // One segment of two words is announced; one word comes.
  const kj::byte half[] = {0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0};
  KJ_SYSCALL(write(fd, half, sizeof(half)));
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  std::string role = argc > 1 ? argv[1] : "";
  if (role == "serve") {
    capnp::EzRpcServer server(kj::heap<PeerImpl>(), "127.0.0.1", 0);
    offer(server);
  } else if (role == "call" && argc == 3) {
    call(std::stoul(argv[2]));
  } else if (role == "proxy" && argc == 3) {
    capnp::EzRpcClient client("127.0.0.1", std::stoul(argv[2]));
    capnp::EzRpcServer server(client.getMain<Peer>(), "127.0.0.1", 0);
    offer(server);
  } else if (role == "vanish" && argc == 3) {
    vanish(std::stoul(argv[2]));
  } else {
    std::cerr << "usage: peer serve | call <port> | proxy <port> | vanish <port>" << std::endl;
    return 2;
  }
  return 0;
}
