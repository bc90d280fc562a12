// The harness of nats.go: commands on standard input, results and events on standard output (docs/testing.md).
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

func main() {
	report(object{"event": "ready", "features": []string{"empty_headers", "keeps_publishes"}})
	harness := newHarness()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var command command
		if err := json.Unmarshal(lines.Bytes(), &command); err != nil {
			panic(err)
		}
		harness.run(command)
	}
	harness.close()
}
