package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// harness runs the commands of the driver. Calls that wait have goroutines, so that they do not delay later commands.
type harness struct {
	clients       map[string]*nats.Conn
	subscriptions map[string]*nats.Subscription
	waiting       sync.WaitGroup
}

func newHarness() *harness {
	return &harness{clients: map[string]*nats.Conn{}, subscriptions: map[string]*nats.Subscription{}}
}

func (h *harness) close() {
	for _, client := range h.clients {
		client.Close()
	}
	h.waiting.Wait()
}

func (h *harness) inBackground(number uint64, call func() (object, error)) {
	h.waiting.Add(1)
	go func() {
		defer h.waiting.Done()
		if fields, err := call(); err != nil {
			reportResult(number, err)
		} else {
			reportOk(number, fields)
		}
	}()
}

func (h *harness) run(c command) {
	commands := map[string]func(*command){
		"connect": h.connect, "subscribe": h.subscribe, "publish": h.publish, "request": h.request, "requests": h.requests,
		"request_many": h.requestMany, "unsubscribe": h.unsubscribe, "flush": h.flush, "drain": h.drain,
		"close": h.closeClient, "status": h.status, "server": h.server,
	}
	commands[c.Do](&c)
}

func (h *harness) connect(c *command) {
	options, err := c.options()
	if err != nil {
		reportResult(c.Number, err)
		return
	}
	name := c.Client
	event := func(kind string) func(*nats.Conn) {
		return func(*nats.Conn) { report(object{"event": kind, "client": name}) }
	}
	options = append(options,
		nats.DisconnectErrHandler(func(*nats.Conn, error) { report(object{"event": "disconnected", "client": name}) }),
		nats.ReconnectHandler(event("reconnected")),
		nats.ClosedHandler(event("closed")),
		func(o *nats.Options) error {
			o.LameDuckModeHandler = event("lame_duck")
			return nil
		},
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			report(object{"event": "error", "client": name, "code": codeOf(err), "text": err.Error()})
		}))
	client, err := nats.Connect(strings.Join(c.Servers, ","), options...)
	if err == nil {
		h.clients[name] = client
	}
	reportResult(c.Number, err)
}

// counter reports the event `counted` when the last message of a run has come.
func counter(c *command) nats.MsgHandler {
	next, received, inOrder := 0, 0, true
	return func(message *nats.Msg) {
		number, err := strconv.Atoi(string(message.Data))
		inOrder = inOrder && err == nil && number >= next
		next = number + 1
		received++
		if next == c.Count {
			report(object{"event": "counted", "subscription": c.Subscription, "count": received, "in_order": inOrder})
		}
	}
}

// handler returns what a subscription does with its messages.
func (h *harness) handler(c *command) nats.MsgHandler {
	switch c.Take {
	case "count":
		return counter(c)
	case "respond":
		replies := 1
		if c.Replies != nil {
			replies = *c.Replies
		}
		return func(message *nats.Msg) {
			for i := 0; i < replies; i++ {
				message.RespondMsg(&nats.Msg{Header: message.Header, Data: message.Data})
			}
		}
	case "forward":
		client := h.clients[c.Client]
		return func(message *nats.Msg) { client.PublishRequest(c.To, message.Reply, message.Data) }
	}
	return func(message *nats.Msg) {
		event := describe(message)
		event["event"], event["subscription"] = "message", c.Subscription
		report(event)
	}
}

func (h *harness) subscribe(c *command) {
	subscription, err := h.clients[c.Client].QueueSubscribe(string(toOctets(c.Filter)), c.QueueGroup, h.handler(c))
	if err == nil {
		h.subscriptions[c.Subscription] = subscription
		err = subscription.SetPendingLimits(-1, -1)
	}
	if err == nil && c.MaxMessages > 0 {
		err = subscription.AutoUnsubscribe(c.MaxMessages)
	}
	reportResult(c.Number, err)
}

func (h *harness) publish(c *command) {
	client := h.clients[c.Client]
	if c.Count == 0 {
		reportResult(c.Number, client.PublishMsg(c.message()))
		return
	}
	size := 0
	if c.Size != nil {
		size = *c.Size
	}
	var err error
	for at := 0; at < c.Count && err == nil; at++ {
		err = client.Publish(c.Subject, []byte(fmt.Sprintf("%0*d", size, at)))
	}
	reportResult(c.Number, err)
}

func (h *harness) request(c *command) {
	client := h.clients[c.Client]
	h.inBackground(c.Number, func() (object, error) {
		reply, err := client.RequestMsg(c.message(), seconds(c.Timeout, 60))
		if err != nil {
			return nil, err
		}
		return describe(reply), nil
	})
}

func (h *harness) requests(c *command) {
	client := h.clients[c.Client]
	h.inBackground(c.Number, func() (object, error) {
		var next, echoed int64
		var senders sync.WaitGroup
		for i := 0; i < c.InFlight; i++ {
			senders.Add(1)
			go func() {
				defer senders.Done()
				for at := atomic.AddInt64(&next, 1); at <= int64(c.Count); at = atomic.AddInt64(&next, 1) {
					payload := strconv.FormatInt(at, 10)
					reply, err := client.Request(c.Subject, []byte(payload), seconds(nil, 60))
					if err == nil && string(reply.Data) == payload {
						atomic.AddInt64(&echoed, 1)
					}
				}
			}()
		}
		senders.Wait()
		return object{"echoed": echoed}, nil
	})
}

func (h *harness) requestMany(c *command) {
	client := h.clients[c.Client]
	h.inBackground(c.Number, func() (object, error) {
		inbox := nats.NewInbox()
		subscription, err := client.SubscribeSync(inbox)
		if err != nil {
			return nil, err
		}
		defer subscription.Unsubscribe()
		request := c.message()
		request.Reply = inbox
		if err = client.PublishMsg(request); err != nil {
			return nil, err
		}
		payloads := []string{}
		for len(payloads) < *c.Replies {
			reply, err := subscription.NextMsg(seconds(c.Timeout, 60))
			if err != nil {
				return nil, err
			}
			payloads = append(payloads, toText(reply.Data))
		}
		return object{"payloads": payloads}, nil
	})
}

func (h *harness) unsubscribe(c *command) {
	subscription := h.subscriptions[c.Subscription]
	if c.MaxMessages > 0 {
		reportResult(c.Number, subscription.AutoUnsubscribe(c.MaxMessages))
	} else {
		reportResult(c.Number, subscription.Unsubscribe())
	}
}

func (h *harness) flush(c *command) {
	client := h.clients[c.Client]
	h.inBackground(c.Number, func() (object, error) { return nil, client.FlushTimeout(seconds(c.Timeout, 60)) })
}

// drain of a connection ends with the event `closed`. Version 1.22 does not report the end of the drain of a subscription:
// it is no longer valid then.
func (h *harness) drain(c *command) {
	if c.Client != "" {
		reportResult(c.Number, h.clients[c.Client].Drain())
		return
	}
	subscription := h.subscriptions[c.Subscription]
	h.inBackground(c.Number, func() (object, error) {
		err := subscription.Drain()
		for err == nil && subscription.IsValid() {
			waitALittle()
		}
		return nil, err
	})
}

func (h *harness) closeClient(c *command) {
	h.clients[c.Client].Close()
	reportOk(c.Number, nil)
}

func (h *harness) status(c *command) {
	names := map[nats.Status]string{nats.CONNECTED: "connected", nats.CLOSED: "closed", nats.RECONNECTING: "reconnecting",
		nats.CONNECTING: "connecting", nats.DRAINING_SUBS: "draining", nats.DRAINING_PUBS: "draining"}
	reportOk(c.Number, object{"status": names[h.clients[c.Client].Status()]})
}

func (h *harness) server(c *command) {
	reportOk(c.Number, object{"max_payload": h.clients[c.Client].MaxPayload()})
}
