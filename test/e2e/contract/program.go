// A program that tells what Knative's runtime contract gives it.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type report struct {
	Env      map[string]string
	UID      int
	Proto    string
	Host     string
	Headers  http.Header
	Stdin    string
	Terminal bool
}

func main() {
	fmt.Println("to stdout")
	fmt.Fprintln(os.Stderr, "to stderr")
	if words := os.Getenv("FAIL"); words != "" {
		fmt.Fprintln(os.Stderr, words)
		os.Exit(7)
	}
	if wait, err := time.ParseDuration(os.Getenv("LATE")); err == nil {
		time.Sleep(wait)
	}
	stdin, _ := io.ReadAll(os.Stdin)
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGTERM)
	go func() {
		<-stopped
		fmt.Println("SIGTERM")
		if os.Getenv("STUBBORN") == "" {
			os.Exit(0)
		}
	}()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { tell(w, r, string(stdin)) })
	http.HandleFunc("/slow", slow)
	http.HandleFunc("/never", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := http.Server{Addr: ":" + os.Getenv("PORT"), Protocols: protocols}
	fmt.Println(server.ListenAndServe())
}

func tell(w http.ResponseWriter, r *http.Request, stdin string) {
	env := map[string]string{}
	for _, name := range []string{"PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"} {
		env[name] = os.Getenv(name)
	}
	info, _ := os.Stdout.Stat()
	terminal := info.Mode()&os.ModeCharDevice != 0
	answer := report{env, os.Getuid(), r.Proto, r.Host, r.Header, stdin, terminal}
	_ = json.NewEncoder(w).Encode(answer)
}

func slow(w http.ResponseWriter, _ *http.Request) {
	fmt.Println("slow begins")
	time.Sleep(2 * time.Second)
	fmt.Println("slow ends")
	io.WriteString(w, "whole")
}
