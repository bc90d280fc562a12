package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/nats-io/nats.go"
)

type object = map[string]any

const longestPayload = 1024

var output sync.Mutex

// report writes a result or an event.
func report(entry object) {
	line, err := json.Marshal(entry)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

func reportOk(number uint64, fields object) {
	if fields == nil {
		fields = object{}
	}
	report(object{"command": number, "ok": fields})
}

func reportResult(number uint64, err error) {
	if err == nil {
		reportOk(number, nil)
		return
	}
	report(object{"command": number, "error": object{"code": codeOf(err), "text": err.Error()}})
}

// codeOf returns a word of the scenarios.
func codeOf(err error) string {
	codes := map[error]string{
		nats.ErrNoResponders:         "no_responders",
		nats.ErrTimeout:              "timeout",
		nats.ErrAuthorization:        "authorization",
		nats.ErrMaxPayload:           "max_payload",
		nats.ErrConnectionClosed:     "closed",
		nats.ErrNoServers:            "no_server",
		nats.ErrConnectionDraining:   "draining",
		nats.ErrHeadersNotSupported:  "headers",
		nats.ErrSecureConnWanted:     "tls",
		nats.ErrSecureConnRequired:   "tls",
		nats.ErrReconnectBufExceeded: "buffer",
	}
	for known, code := range codes {
		if errors.Is(err, known) || err.Error() == known.Error() {
			return code
		}
	}
	return fmt.Sprintf("%T", err)
}

// Octets as text with one character for each, and back.
func toText(octets []byte) string {
	characters := make([]rune, len(octets))
	for i, octet := range octets {
		characters[i] = rune(octet)
	}
	return string(characters)
}

func toOctets(text string) []byte {
	octets := make([]byte, 0, len(text))
	for _, character := range text {
		octets = append(octets, byte(character))
	}
	return octets
}

func describe(message *nats.Msg) object {
	headers := [][2]string{}
	for name, values := range message.Header {
		for _, value := range values {
			headers = append(headers, [2]string{toText([]byte(name)), toText([]byte(value))})
		}
	}
	fields := object{"subject": toText([]byte(message.Subject)), "reply": message.Reply, "headers": headers,
		"size": len(message.Data)}
	if len(message.Data) <= longestPayload {
		fields["payload"] = toText(message.Data)
	}
	return fields
}
