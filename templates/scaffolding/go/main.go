// The program around a function: listens, answers the health checks, starts and stops the function. It is compiled into
// the function's own module, so it imports the standard library and, in events.go, the function's CloudEvents package.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// timeout is for reading a request, for writing its answer, for a connection without one, and for what runs at the end.
const timeout = 30 * time.Second

const maxHeaderBytes = 1 << 20

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "function:", err)
		os.Exit(1)
	}
}

// run serves until SIGTERM or SIGINT; a second signal ends the process at once.
func run() error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)

	instance, handle := target()
	serve, err := handler(handle)
	if err != nil {
		return err
	}
	life, err := lifecycleOf(instance)
	if err != nil {
		return err
	}
	listener, err := listen(address(os.LookupEnv))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	server := &http.Server{
		Handler:           routes(life, serve),
		ReadTimeout:       timeout,
		ReadHeaderTimeout: timeout,
		WriteTimeout:      timeout,
		IdleTimeout:       timeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(listener) }()
	go func() {
		if err := life.begin(ctx, environment()); err != nil {
			failed <- fmt.Errorf("Start: %w", err)
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-signals:
		go func() {
			<-signals
			os.Exit(1)
		}()
		cancel()
		return end(server, life)
	}
}

// end lets the requests in flight finish, then stops the function.
func end(server *http.Server, life *lifecycle) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	unfinished := server.Shutdown(ctx)
	if unfinished != nil {
		unfinished = fmt.Errorf("requests did not finish within %v: %w", timeout, unfinished)
	}
	stopping, cancelStop := context.WithTimeout(context.Background(), timeout)
	defer cancelStop()
	if err := life.end(stopping); err != nil {
		return fmt.Errorf("Stop: %w", err)
	}
	return unfinished
}

// address is the host of LISTEN_ADDRESS with PORT, the port that the platform expects the function at; without PORT it is
// LISTEN_ADDRESS. ADDRESS is the older name for the host alone.
func address(lookup func(string) (string, bool)) string {
	host, port := "", "8080"
	if value, ok := lookup("ADDRESS"); ok {
		host = value
	}
	if value, ok := lookup("LISTEN_ADDRESS"); ok && value != "" {
		if h, p, err := net.SplitHostPort(value); err == nil {
			host, port = h, p
		} else {
			host = value
		}
	}
	if value, ok := lookup("PORT"); ok && value != "" {
		port = value
	}
	if host == "::" {
		host = "" // also where there is no IPv6
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("something else listens on %s already", address)
	}
	return listener, err
}

func environment() map[string]string {
	values := map[string]string{}
	for _, entry := range os.Environ() {
		if at := strings.Index(entry, "="); at > 0 {
			values[entry[:at]] = entry[at+1:]
		}
	}
	return values
}

// routes gives the health checks their paths and the function all others.
func routes(life *lifecycle, serve http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/health/liveness":
			report(w, r, life.alive, "ALIVE")
		case "/health/readiness":
			report(w, r, life.ready, "READY")
		default:
			serve.ServeHTTP(w, r)
		}
	})
}

func report(w http.ResponseWriter, r *http.Request, check func(context.Context) (bool, error), word string) {
	ok, err := check(r.Context())
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "function:", strings.ToLower(word), "check failed:", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case !ok:
		http.Error(w, "NOT "+word, http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, word)
	}
}
