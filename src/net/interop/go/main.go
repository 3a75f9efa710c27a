// A peer on go-libp2p, driven by lines on its standard input: see ../README.md.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/libp2p/go-libp2p"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/relay"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
)

const (
	streamProtocol = protocol.ID("/ww/0.1.0/stream/echo")
	vatProtocol    = protocol.ID("/ww/0.1.0/vat/executor")
	// How long an order may take.
	limit = 30 * time.Second
)

type program struct {
	host  host.Host
	table *dht.IpfsDHT
}

// An answer has one of its two fields.
type answer struct {
	Value any    `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
}

func main() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	p, err := start(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer p.host.Close()
	out := json.NewEncoder(os.Stdout)
	must(out.Encode(answer{Value: addresses(p.host)}))
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var words []string
		must(json.Unmarshal(lines.Bytes(), &words))
		must(out.Encode(p.answer(ctx, words)))
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TCP, Noise and Yamux alone: what our nodes have in common with it. It relays for others, and serves a byte stream that says
// back what it hears, and a vat.
func start(ctx context.Context) (*program, error) {
	h, err := libp2p.New(
		libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"),
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.UserAgent("go-libp2p interop"),
		libp2p.DisableMetrics(),
		libp2p.EnableRelay(),
	)
	if err != nil {
		return nil, err
	}
	if _, err = relay.New(h); err != nil {
		return nil, err
	}
	table, err := dht.New(h, dht.ProtocolPrefix("/ww"), dht.Mode(dht.ModeClient))
	if err != nil {
		return nil, err
	}
	h.SetStreamHandler(streamProtocol, echo)
	h.SetStreamHandler(vatProtocol, serveVat)
	return &program{host: h, table: table}, nil
}

func (p *program) answer(ctx context.Context, words []string) answer {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ctx = network.WithAllowLimitedConn(ctx, "relayed")
	value, err := p.do(ctx, words[0], words[1:])
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Value: value}
}

func addresses(h host.Host) []string {
	found := []string{}
	for _, address := range h.Addrs() {
		found = append(found, fmt.Sprintf("%s/p2p/%s", address, h.ID()))
	}
	return found
}

// Connects by an address, which ends with the peer's id.
func (p *program) connect(ctx context.Context, text string) (*peer.AddrInfo, error) {
	info, err := peer.AddrInfoFromString(text)
	if err != nil {
		return nil, err
	}
	return info, p.host.Connect(ctx, *info)
}
