package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"

	"github.com/cloudevents/sdk-go/v2/event"
)

const maxEventBytes = 32 << 20

// receiver is the widest of the signatures; the others are brought into its form.
type receiver func(context.Context, event.Event) (*event.Event, error)

// handler serves events that come by HTTP with the function's Handle, and requests if that is what it takes.
func handler(handle interface{}) (http.Handler, error) {
	if f, ok := handle.(func(http.ResponseWriter, *http.Request)); ok {
		return http.HandlerFunc(f), nil
	}
	receive := receiverOf(handle)
	if receive == nil {
		return nil, fmt.Errorf("Handle is %T; a CloudEvents function takes a context.Context and an event.Event and returns "+
			"an *event.Event and an error, in this order, each of which may be left out", handle)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r, receive) }), nil
}

func receiverOf(handle interface{}) receiver {
	type ctx = context.Context
	type in = event.Event
	type out = *event.Event
	switch f := handle.(type) {
	case func():
		return func(ctx, in) (out, error) { f(); return nil, nil }
	case func() error:
		return func(ctx, in) (out, error) { return nil, f() }
	case func(ctx):
		return func(c ctx, _ in) (out, error) { f(c); return nil, nil }
	case func(ctx) error:
		return func(c ctx, _ in) (out, error) { return nil, f(c) }
	case func(in):
		return func(_ ctx, e in) (out, error) { f(e); return nil, nil }
	case func(in) error:
		return func(_ ctx, e in) (out, error) { return nil, f(e) }
	case func(ctx, in):
		return func(c ctx, e in) (out, error) { f(c, e); return nil, nil }
	case func(ctx, in) error:
		return func(c ctx, e in) (out, error) { return nil, f(c, e) }
	case func(in) out:
		return func(_ ctx, e in) (out, error) { return f(e), nil }
	case func(in) (out, error):
		return func(_ ctx, e in) (out, error) { return f(e) }
	case func(ctx, in) out:
		return func(c ctx, e in) (out, error) { return f(c, e), nil }
	case func(ctx, in) (out, error):
		return f
	}
	return nil
}

func answer(w http.ResponseWriter, r *http.Request, receive receiver) {
	received, status, err := read(w, r)
	if err != nil {
		http.Error(w, err.Error(), status)
		return
	}
	reply, err := receive(r.Context(), *received)
	status = statusOf(err, reply != nil)
	if status >= 400 {
		fmt.Fprintln(os.Stderr, "function:", err)
		http.Error(w, err.Error(), status)
		return
	}
	if reply == nil {
		w.WriteHeader(status)
		return
	}
	if reply.ID() == "" {
		reply.SetID(randomID())
	}
	if err := reply.Validate(); err != nil {
		fmt.Fprintln(os.Stderr, "function: the event that Handle returned is not valid:", err)
		http.Error(w, "the event that the function returned is not valid: "+err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, reply, status)
}

// statusOf is that of a result of the CloudEvents SDK, which says it in a field; 500 for other errors.
func statusOf(err error, hasReply bool) int {
	success := http.StatusAccepted
	if hasReply {
		success = http.StatusOK
	}
	if err == nil {
		return success
	}
	for one := err; one != nil; one = errors.Unwrap(one) {
		value := reflect.Indirect(reflect.ValueOf(one))
		if value.Kind() != reflect.Struct {
			continue
		}
		if status := value.FieldByName("StatusCode"); status.IsValid() && status.CanInt() && status.Int() >= 100 && status.Int() < 600 {
			return int(status.Int())
		}
		if ack := value.FieldByName("ACK"); ack.IsValid() && ack.Kind() == reflect.Bool && ack.Bool() {
			return success
		}
	}
	return http.StatusInternalServerError
}

func randomID() string {
	bytes := make([]byte, 16)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return hex.EncodeToString(bytes)
}

// read takes an event in binary or structured form; the status is for the error.
func read(w http.ResponseWriter, r *http.Request) (*event.Event, int, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEventBytes))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("the event is larger than %d bytes", maxEventBytes)
		}
		return nil, http.StatusBadRequest, err
	}
	mediaType := strings.ToLower(strings.TrimSpace(strings.Split(r.Header.Get("Content-Type"), ";")[0]))
	var received *event.Event
	switch {
	case mediaType == "application/cloudevents+json":
		received = &event.Event{}
		err = json.Unmarshal(body, received)
	case strings.HasPrefix(mediaType, "application/cloudevents"):
		return nil, http.StatusUnsupportedMediaType, fmt.Errorf("events of the form %s are not read", mediaType)
	case r.Header.Get("Ce-Specversion") == "":
		return nil, http.StatusBadRequest, errors.New("not a CloudEvent: neither a header ce-specversion nor the content type application/cloudevents+json")
	default:
		received, err = binary(r.Header, body)
	}
	if err == nil {
		err = received.Validate()
	}
	if err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("not a CloudEvent: %w", err)
	}
	return received, 0, nil
}

// binary reads an event whose attributes are headers. The SDK's own decoder of JSON checks and converts them.
func binary(header http.Header, body []byte) (*event.Event, error) {
	attributes := map[string]string{}
	for name, values := range header {
		if key := strings.ToLower(name); strings.HasPrefix(key, "ce-") && len(values) > 0 {
			value, err := url.PathUnescape(values[0])
			if err != nil {
				value = values[0]
			}
			attributes[key[len("ce-"):]] = value
		}
	}
	delete(attributes, "data")
	delete(attributes, "data_base64")
	if value := header.Get("Content-Type"); value != "" {
		attributes["datacontenttype"] = value
	}
	encoded, err := json.Marshal(attributes)
	if err != nil {
		return nil, err
	}
	received := &event.Event{}
	if err := json.Unmarshal(encoded, received); err != nil {
		return nil, err
	}
	if len(body) > 0 {
		received.DataEncoded = body
	}
	return received, nil
}

// write answers with an event in binary form.
func write(w http.ResponseWriter, reply *event.Event, status int) {
	header := w.Header()
	set := func(name, value string) {
		if value != "" {
			header.Set("Ce-"+name, escape(value))
		}
	}
	set("specversion", reply.SpecVersion())
	set("id", reply.ID())
	set("source", reply.Source())
	set("type", reply.Type())
	set("subject", reply.Subject())
	set("dataschema", reply.DataSchema())
	if at := reply.Time(); !at.IsZero() {
		set("time", at.UTC().Format("2006-01-02T15:04:05.999999999Z07:00"))
	}
	for name, value := range reply.Extensions() {
		set(name, fmt.Sprint(value))
	}
	if mediaType := reply.DataContentType(); mediaType != "" {
		header.Set("Content-Type", mediaType)
	}
	w.WriteHeader(status)
	_, _ = w.Write(reply.Data())
}

// escape is the encoding of header values by the HTTP binding: everything but printable ASCII, and the quote and the percent sign.
func escape(value string) string {
	var result strings.Builder
	for at := 0; at < len(value); at++ {
		if c := value[at]; c <= ' ' || c > '~' || c == '"' || c == '%' {
			fmt.Fprintf(&result, "%%%02X", c)
		} else {
			result.WriteByte(c)
		}
	}
	return result.String()
}
