package main

import (
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

type tlsFiles struct {
	Ca          string `json:"ca_file"`
	Certificate string `json:"certificate_file"`
	Key         string `json:"key_file"`
}

// command has the arguments of all commands.
type command struct {
	Number        uint64      `json:"command"`
	Do            string      `json:"do"`
	Client        string      `json:"client"`
	Servers       []string    `json:"servers"`
	User          string      `json:"user"`
	Password      string      `json:"password"`
	Token         string      `json:"token"`
	Nkey          string      `json:"nkey"`
	SeedFile      string      `json:"seed_file"`
	Tls           *tlsFiles   `json:"tls"`
	NoEcho        bool        `json:"no_echo"`
	Verbose       bool        `json:"verbose"`
	Pedantic      bool        `json:"pedantic"`
	OldRequests   bool        `json:"old_requests"`
	MaxReconnects *int        `json:"max_reconnects"`
	PingInterval  *float64    `json:"ping_interval"`
	MaxPingsOut   *int        `json:"max_pings_out"`
	Timeout       *float64    `json:"timeout"`
	Subscription  string      `json:"subscription"`
	Filter        string      `json:"filter"`
	QueueGroup    string      `json:"queue_group"`
	MaxMessages   int         `json:"max_messages"`
	Take          string      `json:"take"`
	To            string      `json:"to"`
	Count         int         `json:"count"`
	InFlight      int         `json:"in_flight"`
	Replies       *int        `json:"replies"`
	Subject       string      `json:"subject"`
	Reply         string      `json:"reply"`
	Payload       string      `json:"payload"`
	Size          *int        `json:"size"`
	Headers       [][2]string `json:"headers"`
}

func seconds(value *float64, otherwise float64) time.Duration {
	if value != nil {
		otherwise = *value
	}
	return time.Duration(otherwise * float64(time.Second))
}

// options returns the options of `connect`, without callbacks.
func (c *command) options() ([]nats.Option, error) {
	reconnects := -1
	if c.MaxReconnects != nil {
		reconnects = *c.MaxReconnects
	}
	options := []nats.Option{
		nats.Name(c.Client),
		nats.Timeout(seconds(c.Timeout, 30)),
		nats.MaxReconnects(reconnects),
		nats.ReconnectWait(20 * time.Millisecond),
		nats.ReconnectJitter(5*time.Millisecond, 5*time.Millisecond),
		nats.PingInterval(seconds(c.PingInterval, 120)),
		func(o *nats.Options) error {
			o.NoEcho, o.Verbose, o.Pedantic, o.UseOldRequestStyle = c.NoEcho, c.Verbose, c.Pedantic, c.OldRequests
			return nil
		},
	}
	if c.MaxPingsOut != nil {
		options = append(options, nats.MaxPingsOutstanding(*c.MaxPingsOut))
	}
	if c.User != "" {
		options = append(options, nats.UserInfo(c.User, c.Password))
	}
	if c.Token != "" {
		options = append(options, nats.Token(c.Token))
	}
	if c.SeedFile != "" {
		nkey, err := nats.NkeyOptionFromSeed(c.SeedFile)
		if err != nil {
			return nil, err
		}
		options = append(options, nkey)
	}
	if c.Tls != nil {
		options = append(options, c.Tls.options()...)
	}
	return options, nil
}

func (t *tlsFiles) options() []nats.Option {
	options := []nats.Option{nats.Secure()}
	if t.Ca != "" {
		options = append(options, nats.RootCAs(t.Ca))
	}
	if t.Certificate != "" {
		options = append(options, nats.ClientCert(t.Certificate, t.Key))
	}
	return options
}

func (c *command) payload() []byte {
	if c.Size != nil {
		return []byte(strings.Repeat("x", *c.Size))
	}
	return toOctets(c.Payload)
}

func (c *command) message() *nats.Msg {
	message := &nats.Msg{Subject: string(toOctets(c.Subject)), Reply: c.Reply, Data: c.payload()}
	for _, pair := range c.Headers {
		if message.Header == nil {
			message.Header = nats.Header{}
		}
		message.Header.Add(string(toOctets(pair[0])), string(toOctets(pair[1])))
	}
	return message
}

// waitALittle is the pause between two checks of a state that has no event.
func waitALittle() {
	time.Sleep(time.Millisecond)
}
