// Package function answers HTTP requests.
package function

import (
	"fmt"
	"log"
	"net/http"
)

// Function holds what lives as long as an instance: connections, caches, configuration.
type Function struct{}

// New makes the function; it is called once when an instance starts. It has to have this name and no arguments.
func New() *Function {
	return &Function{}
}

// Handle answers a request of any path but those of the health checks.
func (f *Function) Handle(w http.ResponseWriter, r *http.Request) {
	log.Printf("%s %s", r.Method, r.URL.Path)
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprintln(w, "OK")
}

// A function may also have these methods:
//
//	Start(ctx context.Context, env map[string]string) error  before the first request, with the environment
//	Stop(ctx context.Context) error                          after the last one
//	Alive(ctx context.Context) (bool, error)                 false: the instance is replaced
//	Ready(ctx context.Context) (bool, error)                 false: the instance gets no requests for now
