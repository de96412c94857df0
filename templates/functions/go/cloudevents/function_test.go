package function

import (
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"
)

func TestHandle(t *testing.T) {
	sent := event.New()
	sent.SetID("1")
	sent.SetSource("/test")
	sent.SetType("com.example.test")
	if err := sent.SetData(event.ApplicationJSON, map[string]string{"name": "tiger"}); err != nil {
		t.Fatal(err)
	}

	answer, err := New().Handle(sent)

	if err != nil {
		t.Fatalf("error %v, wanted none", err)
	}
	if answer.Type() != "function.response" || answer.Source() != "function" {
		t.Errorf("type %q from %q, wanted function.response from function", answer.Type(), answer.Source())
	}
	if err := answer.Validate(); err != nil {
		t.Errorf("the answer is no valid event: %v", err)
	}
	if data := string(answer.Data()); data != `{"message":"OK"}` {
		t.Errorf("data %s, wanted the message OK", data)
	}
}
