package main

import (
	"context"

	"capnproto.org/go/capnp/v3"
	"capnproto.org/go/capnp/v3/rpc"
	"capnproto.org/go/capnp/v3/server"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// Executor.echo of capnp/first/peer.capnp, by number: one text is asked, one answered.
var echoMethod = capnp.Method{
	InterfaceID:   0xbfa37c1e99b4a492,
	MethodID:      1,
	InterfaceName: "peer.capnp:Executor",
	MethodName:    "echo",
}

var oneText = capnp.ObjectSize{PointerCount: 1}

func (p *program) callVat(ctx context.Context, address string, id protocol.ID, message string) (string, error) {
	stream, err := p.open(ctx, address, id)
	if err != nil {
		return "", err
	}
	vat := rpc.NewConn(rpc.NewStreamTransport(stream), nil)
	defer vat.Close()
	executor := vat.Bootstrap(ctx)
	defer executor.Release()
	asked, release := executor.SendCall(ctx, capnp.Send{
		Method:    echoMethod,
		ArgsSize:  oneText,
		PlaceArgs: func(params capnp.Struct) error { return params.SetText(0, message) },
	})
	defer release()
	response, err := asked.Struct()
	if err != nil {
		return "", err
	}
	text, err := response.Ptr(0)
	return text.Text(), err
}

func serveVat(stream network.Stream) {
	methods := []server.Method{{Method: echoMethod, Impl: answerEcho}}
	executor := capnp.NewClient(server.New(methods, nil, nil))
	vat := rpc.NewConn(rpc.NewStreamTransport(stream), &rpc.Options{BootstrapClient: executor})
	<-vat.Done()
}

func answerEcho(_ context.Context, call *server.Call) error {
	asked, err := call.Args().Ptr(0)
	if err != nil {
		return err
	}
	results, err := call.AllocResults(oneText)
	if err != nil {
		return err
	}
	return results.SetText(0, "Echo: "+asked.Text())
}
