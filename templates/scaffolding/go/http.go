package main

import (
	"context"
	"fmt"
	"net/http"
)

// handler serves requests with the function's Handle.
func handler(handle interface{}) (http.Handler, error) {
	switch f := handle.(type) {
	case func(http.ResponseWriter, *http.Request):
		return http.HandlerFunc(f), nil
	case func(context.Context, http.ResponseWriter, *http.Request):
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(r.Context(), w, r) }), nil
	}
	return nil, fmt.Errorf("Handle is %T; an HTTP function has Handle(http.ResponseWriter, *http.Request); "+
		"for CloudEvents set `invoke: cloudevent` in func.yaml", handle)
}
