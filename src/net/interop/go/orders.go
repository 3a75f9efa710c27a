package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ipfs/go-cid"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/client"
	"github.com/multiformats/go-multihash"
)

// What a peer has said of itself.
type identity struct {
	Agent     string   `json:"agent"`
	Protocols []string `json:"protocols"`
}

func (p *program) do(ctx context.Context, order string, args []string) (any, error) {
	switch order {
	case "identify":
		return p.identify(ctx, args[0])
	case "peers":
		found := []string{}
		for _, id := range p.host.Network().Peers() {
			found = append(found, id.String())
		}
		return found, nil
	case "reserve":
		return p.reserve(ctx, args[0])
	case "stream":
		return p.stream(ctx, args[0], protocol.ID(args[1]), args[2])
	case "flood":
		return p.flood(ctx, args[0], protocol.ID(args[1]), args[2])
	case "vat":
		return p.callVat(ctx, args[0], protocol.ID(args[1]), args[2])
	case "provide":
		key, err := p.enter(ctx, args[0], args[1])
		if err != nil {
			return nil, err
		}
		return "provided", p.table.Provide(ctx, key, true)
	case "find":
		key, err := p.enter(ctx, args[0], args[1])
		if err != nil {
			return nil, err
		}
		found := []string{}
		for provider := range p.table.FindProvidersAsync(ctx, key, 1) {
			found = append(found, provider.ID.String())
		}
		return found, nil
	}
	return nil, fmt.Errorf("no order %q", order)
}

func (p *program) identify(ctx context.Context, address string) (*identity, error) {
	info, err := p.connect(ctx, address)
	if err != nil {
		return nil, err
	}
	// It is connected once the peer has said who it is.
	agent, err := p.host.Peerstore().Get(info.ID, "AgentVersion")
	if err != nil {
		return nil, err
	}
	protocols, err := p.host.Peerstore().GetProtocols(info.ID)
	if err != nil {
		return nil, err
	}
	return &identity{Agent: fmt.Sprint(agent), Protocols: protocol.ConvertToStrings(protocols)}, nil
}

// The address by which others reach it through the relay.
func (p *program) reserve(ctx context.Context, address string) (string, error) {
	info, err := p.connect(ctx, address)
	if err != nil {
		return "", err
	}
	if _, err = client.Reserve(ctx, p.host, *info); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s/p2p-circuit/p2p/%s", address, p.host.ID()), nil
}

// Says the text, ends its direction, and gives what came back until the peer ended its own.
func (p *program) stream(ctx context.Context, address string, id protocol.ID, text string) (string, error) {
	stream, err := p.open(ctx, address, id)
	if err != nil {
		return "", err
	}
	defer stream.Reset()
	if _, err = stream.Write([]byte(text)); err != nil {
		return "", err
	}
	if err = stream.CloseWrite(); err != nil {
		return "", err
	}
	heard, err := io.ReadAll(stream)
	return string(heard), err
}

// The same of so many bytes, which it says while it hears. How many came back in order.
func (p *program) flood(ctx context.Context, address string, id protocol.ID, count string) (int, error) {
	var size int
	if _, err := fmt.Sscan(count, &size); err != nil {
		return 0, err
	}
	stream, err := p.open(ctx, address, id)
	if err != nil {
		return 0, err
	}
	defer stream.Reset()
	said := make([]byte, size)
	for at := range said {
		said[at] = byte(at % 251)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := stream.Write(said)
		if err == nil {
			err = stream.CloseWrite()
		}
		failed <- err
	}()
	heard, err := io.ReadAll(stream)
	if err != nil {
		return 0, err
	}
	if err = <-failed; err != nil {
		return 0, err
	}
	if !bytes.Equal(heard, said) {
		return 0, fmt.Errorf("%d bytes came back, not in order", len(heard))
	}
	return len(heard), nil
}

func (p *program) open(ctx context.Context, address string, id protocol.ID) (network.Stream, error) {
	info, err := p.connect(ctx, address)
	if err != nil {
		return nil, err
	}
	stream, err := p.host.NewStream(ctx, info.ID, id)
	if err != nil {
		return nil, err
	}
	deadline, _ := ctx.Deadline()
	return stream, stream.SetDeadline(deadline)
}

// Connects to a peer that keeps the table. The key is a multihash, in hexadecimal digits.
func (p *program) enter(ctx context.Context, address string, text string) (cid.Cid, error) {
	digits, err := multihash.FromHexString(text)
	if err != nil {
		return cid.Undef, err
	}
	key := cid.NewCidV1(cid.Raw, digits)
	if _, err = p.connect(ctx, address); err != nil {
		return cid.Undef, err
	}
	// It asks a peer that it has met before it takes it in.
	for p.table.RoutingTable().Size() == 0 {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return cid.Undef, errors.New("the peer keeps no table")
		}
	}
	return key, nil
}

// Says back what it hears, until the peer ends its direction.
func echo(stream network.Stream) {
	if _, err := io.Copy(stream, stream); err != nil {
		_ = stream.Reset()
		return
	}
	_ = stream.Close()
}
