package function

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHandle(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		t.Run(method, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			New().Handle(recorder, httptest.NewRequest(method, "/", strings.NewReader("hello")))

			if recorder.Code != http.StatusOK {
				t.Errorf("status %d, wanted %d", recorder.Code, http.StatusOK)
			}
			if body := recorder.Body.String(); !strings.Contains(body, "OK") {
				t.Errorf("body %q, wanted OK in it", body)
			}
		})
	}
}
