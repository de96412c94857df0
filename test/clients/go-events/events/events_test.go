// Package events holds what programs written with CloudEvents' Go SDK expect of a Broker. SINK is its URL through the gateway, PORT
// where the Triggers of the test lead: events of type go.ask are to be answered, go.told and the answers of type go.answer come, too.
package events

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/cloudevents/sdk-go/v2/protocol"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
)

const patience = 20 * time.Second

var received = make(chan event.Event, 100)

// loopback is where every name of localhost leads; Go's resolver does not know that.
func loopback() *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}}
}

func TestMain(m *testing.M) {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	receiver, err := cloudevents.NewClientHTTP(cehttp.WithListener(listener))
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- receiver.StartReceiver(ctx, receive) }()
	code := m.Run()
	cancel()
	if err := <-done; err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func receive(_ context.Context, got event.Event) (*event.Event, protocol.Result) {
	received <- got
	if got.Type() != "go.ask" {
		return nil, protocol.ResultACK
	}
	answer := event.New()
	answer.SetID("answer-to-" + got.ID())
	answer.SetSource("/go/receiver")
	answer.SetType("go.answer")
	answer.SetExtension("asked", got.ID())
	if err := answer.SetData(event.ApplicationJSON, map[string]string{"to": got.ID()}); err != nil {
		return nil, err
	}
	return &answer, protocol.ResultACK
}

func sender(t *testing.T, options ...cehttp.Option) cloudevents.Client {
	t.Helper()
	options = append(options, cehttp.WithTarget(os.Getenv("SINK")), cehttp.WithRoundTripper(loopback()))
	client, err := cloudevents.NewClientHTTP(options...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func made(id, kind string) event.Event {
	one := event.New()
	one.SetID(id)
	one.SetSource("/go/sender")
	one.SetType(kind)
	one.SetSubject("small/red")
	one.SetTime(time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC))
	one.SetExtension("number", 7)
	if err := one.SetData(event.ApplicationJSON, map[string]string{"id": id}); err != nil {
		panic(err)
	}
	return one
}

func mustSend(t *testing.T, ctx context.Context, client cloudevents.Client, one event.Event) {
	t.Helper()
	result := client.Send(ctx, one)
	var answer *cehttp.Result
	if !cloudevents.ResultAs(result, &answer) || answer.StatusCode != http.StatusAccepted {
		t.Fatalf("sending %s: %v, wanted 202", one.ID(), result)
	}
}

// next event of each id, in any order.
func next(t *testing.T, ids ...string) map[string]event.Event {
	t.Helper()
	found := map[string]event.Event{}
	deadline := time.After(patience)
	for len(found) < len(ids) {
		select {
		case got := <-received:
			found[got.ID()] = got
		case <-deadline:
			t.Fatalf("got %v, wanted %v", found, ids)
		}
	}
	for _, id := range ids {
		if _, ok := found[id]; !ok {
			t.Fatalf("got %v, wanted %s", found, id)
		}
	}
	return found
}

func mustEqual(t *testing.T, got event.Event, sent event.Event) {
	t.Helper()
	if err := got.Validate(); err != nil {
		t.Fatal(err)
	}
	if got.Subject() != sent.Subject() || !got.Time().Equal(sent.Time()) || got.Source() != sent.Source() || got.DataContentType() != sent.DataContentType() {
		t.Fatalf("got %s, wanted %s", got, sent)
	}
	if string(got.Data()) != string(sent.Data()) || fmt.Sprint(got.Extensions()["number"]) != "7" {
		t.Fatalf("got %s, wanted %s", got, sent)
	}
}

func TestBinaryModeComesAsItWasSent(t *testing.T) {
	one := made("binary", "go.told")
	mustSend(t, cloudevents.WithEncodingBinary(context.Background()), sender(t), one)
	mustEqual(t, next(t, "binary")["binary"], one)
}

func TestStructuredModeComesAsItWasSent(t *testing.T) {
	one := made("structured", "go.told")
	mustSend(t, cloudevents.WithEncodingStructured(context.Background()), sender(t), one)
	mustEqual(t, next(t, "structured")["structured"], one)
}

// The SDK neither encodes nor decodes header values, which HTTP asks for; what is sent raw is understood, and JSON brings it back.
func TestATextThatIsNotASCIIComesAsItWasSentInJSON(t *testing.T) {
	for id, encode := range map[string]func(context.Context) context.Context{
		"raw":  cloudevents.WithEncodingBinary,
		"json": cloudevents.WithEncodingStructured,
	} {
		one := made(id, "go.json")
		one.SetSubject("größe \"1\" €")
		mustSend(t, encode(context.Background()), sender(t), one)
		mustEqual(t, next(t, id)[id], one)
	}
}

func TestABatchComesAsSingleEvents(t *testing.T) {
	batch := []event.Event{made("first", "go.told"), made("second", "go.told"), made("third", "go.told")}
	request, err := cehttp.NewHTTPRequestFromEvents(context.Background(), os.Getenv("SINK"), batch)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: loopback()}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		t.Fatalf("answered %s, wanted 202", answer.Status)
	}
	got := next(t, "first", "second", "third")
	for _, one := range batch {
		mustEqual(t, got[one.ID()], one)
	}
}

func TestWhatAReceiverAnswersComesThroughTheBroker(t *testing.T) {
	mustSend(t, context.Background(), sender(t), made("question", "go.ask"))
	got := next(t, "question", "answer-to-question")
	answer := got["answer-to-question"]
	if answer.Source() != "/go/receiver" || answer.Extensions()["asked"] != "question" || string(answer.Data()) != `{"to":"question"}` {
		t.Fatalf("got %s", answer)
	}
}

func TestAnUnknownBrokerIsNotFound(t *testing.T) {
	client := sender(t)
	ctx := cloudevents.ContextWithTarget(context.Background(), os.Getenv("SINK")+"-of-nobody")
	var answer *cehttp.Result
	if result := client.Send(ctx, made("lost", "go.told")); !cloudevents.ResultAs(result, &answer) || answer.StatusCode != http.StatusNotFound {
		t.Fatalf("got %v, wanted 404", result)
	}
}
