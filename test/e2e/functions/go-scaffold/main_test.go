package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"
)

type result struct{ StatusCode int }

func (r *result) Error() string { return "result" }

type receipt struct{ ACK bool }

func (r receipt) Error() string { return "receipt" }

func call(t *testing.T, handle interface{}, header http.Header, body string) *http.Response {
	t.Helper()
	serve, err := handler(handle)
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	request.Header = header
	recorder := httptest.NewRecorder()
	serve.ServeHTTP(recorder, request)
	return recorder.Result()
}

func binaryHeader() http.Header {
	header := http.Header{}
	for name, value := range map[string]string{"Specversion": "1.0", "Id": "7", "Source": "/a%20b", "Type": "t", "Ext": "caf%C3%A9"} {
		header.Set("Ce-"+name, value)
	}
	return header
}

func TestEachSignatureServes(t *testing.T) {
	reply := func() *event.Event {
		answer := event.New()
		answer.SetSource("s")
		answer.SetType("t")
		return &answer
	}
	for _, one := range []struct {
		handle interface{}
		status int
	}{
		{func() {}, 202},
		{func() error { return nil }, 202},
		{func(context.Context) {}, 202},
		{func(context.Context) error { return errors.New("no") }, 500},
		{func(event.Event) {}, 202},
		{func(event.Event) error { return &result{404} }, 404},
		{func(context.Context, event.Event) {}, 202},
		{func(context.Context, event.Event) error { return fmt.Errorf("wrapped: %w", &result{422}) }, 422},
		{func(event.Event) *event.Event { return reply() }, 200},
		{func(event.Event) (*event.Event, error) { return nil, receipt{true} }, 202},
		{func(context.Context, event.Event) *event.Event { return reply() }, 200},
		{func(context.Context, event.Event) (*event.Event, error) { return reply(), receipt{false} }, 500},
		{func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }, 418},
	} {
		if got := call(t, one.handle, binaryHeader(), "").StatusCode; got != one.status {
			t.Errorf("%T: status %d, wanted %d", one.handle, got, one.status)
		}
	}
	if _, err := handler(func(string) {}); err == nil {
		t.Error("a form that is not known is served")
	}
}

func TestEventsInAndOut(t *testing.T) {
	var seen event.Event
	echo := func(e event.Event) *event.Event {
		seen = e
		answer := event.New()
		answer.SetSource("s")
		answer.SetType("t")
		answer.SetSubject("caf\u00e9 \"100%\"")
		answer.SetExtension("flag", true)
		_ = answer.SetData("text/plain", []byte("data"))
		return &answer
	}
	header := binaryHeader()
	header.Set("Content-Type", "application/json")
	answer := call(t, echo, header, `{"n":1}`)
	if seen.ID() != "7" || seen.Extensions()["ext"] != "caf\u00e9" || string(seen.Data()) != `{"n":1}` || seen.DataContentType() != "application/json" {
		t.Errorf("binary event: %v", seen)
	}
	for name, value := range map[string]string{"Ce-Subject": "caf%C3%A9%20%22100%25%22", "Ce-Flag": "true", "Content-Type": "text/plain"} {
		if got := answer.Header.Get(name); got != value {
			t.Errorf("%s is %q, wanted %q", name, got, value)
		}
	}
	if answer.Header.Get("Ce-Id") == "" {
		t.Error("an answer without an id has none")
	}
	structured := http.Header{"Content-Type": {"application/cloudevents+json; charset=utf-8"}}
	call(t, echo, structured, `{"specversion":"1.0","id":"8","source":"s","type":"t","data":[1]}`)
	if seen.ID() != "8" || string(seen.Data()) != "[1]" {
		t.Errorf("structured event: %v", seen)
	}
	incomplete := func(event.Event) *event.Event { answer := event.New(); return &answer }
	if status := call(t, incomplete, binaryHeader(), "").StatusCode; status != 500 {
		t.Errorf("an answer that is no event: status %d", status)
	}
	header.Set("Ce-Time", "yesterday")
	for _, one := range []struct {
		header http.Header
		body   string
		status int
	}{
		{http.Header{}, "{}", 400},
		{header, "", 400},
		{structured, "{", 400},
		{structured, `{"specversion":"1.0","id":"","source":"s","type":"t"}`, 400},
		{http.Header{"Content-Type": {"application/cloudevents-batch+json"}}, "[]", 415},
		{binaryHeader(), strings.Repeat("x", maxEventBytes+1), 413},
	} {
		if got := call(t, echo, one.header, one.body).StatusCode; got != one.status {
			t.Errorf("%v: status %d, wanted %d", one.header, got, one.status)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, one := range []struct {
		env  map[string]string
		want string
	}{
		{nil, ":8080"},
		{map[string]string{"PORT": "9000"}, ":9000"},
		{map[string]string{"LISTEN_ADDRESS": "[::]:8080", "PORT": "9000"}, ":9000"},
		{map[string]string{"LISTEN_ADDRESS": "127.0.0.1:7000"}, "127.0.0.1:7000"},
		{map[string]string{"LISTEN_ADDRESS": "127.0.0.1:7000", "PORT": "9000"}, "127.0.0.1:9000"},
		{map[string]string{"LISTEN_ADDRESS": "[::1]:7000"}, "[::1]:7000"},
		{map[string]string{"ADDRESS": "127.0.0.1", "PORT": "1"}, "127.0.0.1:1"},
	} {
		got := address(func(name string) (string, bool) { value, ok := one.env[name]; return value, ok })
		if got != one.want {
			t.Errorf("%v: %s, wanted %s", one.env, got, one.want)
		}
	}
}

type odd struct{}

func (odd) Ready() bool { return true }

func TestAMethodWithAnotherSignatureIsSaid(t *testing.T) {
	_, err := lifecycleOf([]interface{}{&odd{}, odd{}})
	if err == nil || !strings.Contains(err.Error(), "Ready(context.Context) (bool, error)") {
		t.Errorf("error %v", err)
	}
}
