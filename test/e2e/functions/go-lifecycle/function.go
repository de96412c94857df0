// Package anything tells what happens to it.
package anything

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"
)

type function struct {
	greeting string
	ready    string
}

// New returns a value whose methods are those of its pointer.
func New() function { return function{ready: "no"} }

func (f *function) Start(_ context.Context, env map[string]string) error {
	f.greeting = env["GREETING"]
	if f.greeting == "" {
		return errors.New("GREETING is not set")
	}
	return nil
}

func (f *function) Stop(context.Context) error {
	fmt.Fprintln(os.Stderr, "stopped", f.greeting)
	return nil
}

func (f *function) Ready(context.Context) (bool, error) {
	if f.ready == "broken" {
		return false, errors.New("no database")
	}
	return f.ready == "yes", nil
}

func (f *function) Handle(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/ready":
		f.ready = r.URL.RawQuery
	case "/slow":
		fmt.Fprintln(os.Stderr, "slow began")
		time.Sleep(400 * time.Millisecond)
	}
	fmt.Fprint(w, f.greeting, " ", r.URL.Path)
}
