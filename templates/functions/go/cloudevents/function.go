// Package function answers CloudEvents.
package function

import (
	"log"

	"github.com/cloudevents/sdk-go/v2/event"
)

// Function holds what lives as long as an instance: connections, caches, configuration.
type Function struct{}

// New makes the function; it is called once when an instance starts. It has to have this name and no arguments.
func New() *Function {
	return &Function{}
}

// Handle answers an event with another one. A context.Context may come first; the event, the answer and the error may
// each be left out.
func (f *Function) Handle(received event.Event) (*event.Event, error) {
	log.Printf("event %s of type %s from %s", received.ID(), received.Type(), received.Source())

	answer := event.New()
	answer.SetID("response-" + received.ID())
	answer.SetSource("function")
	answer.SetType("function.response")
	if err := answer.SetData(event.ApplicationJSON, map[string]string{"message": "OK"}); err != nil {
		return nil, err
	}
	return &answer, nil
}

// A function may also have these methods:
//
//	Start(ctx context.Context, env map[string]string) error  before the first event, with the environment
//	Stop(ctx context.Context) error                          after the last one
//	Alive(ctx context.Context) (bool, error)                 false: the instance is replaced
//	Ready(ctx context.Context) (bool, error)                 false: the instance gets no events for now
