package main

import (
	"context"
	"fmt"
	"reflect"
	"sync/atomic"
)

// lifecycle has the optional methods of a function; each is nil where the function has none.
type lifecycle struct {
	start   func(context.Context, map[string]string) error
	stop    func(context.Context) error
	isAlive func(context.Context) (bool, error)
	isReady func(context.Context) (bool, error)
	// started is 1 once start has returned without an error.
	started int32
}

// lifecycleOf looks at the instance and, for methods of a pointer, at where it is: New may return a value.
func lifecycleOf(instance []interface{}) (*lifecycle, error) {
	life := &lifecycle{}
	for _, one := range instance {
		life.take(one)
	}
	for _, one := range instance {
		for name, missing := range map[string]bool{
			"Start": life.start == nil, "Stop": life.stop == nil, "Alive": life.isAlive == nil, "Ready": life.isReady == nil,
		} {
			if missing && hasMethod(one, name) {
				return nil, fmt.Errorf("the method %s has another signature than this: %s", name, wanted[name])
			}
		}
	}
	return life, nil
}

var wanted = map[string]string{
	"Start": "Start(context.Context, map[string]string) error",
	"Stop":  "Stop(context.Context) error",
	"Alive": "Alive(context.Context) (bool, error)",
	"Ready": "Ready(context.Context) (bool, error)",
}

func hasMethod(value interface{}, name string) bool {
	kind := reflect.TypeOf(value)
	for at := 0; kind != nil && at < kind.NumMethod(); at++ {
		if kind.Method(at).Name == name {
			return true
		}
	}
	return false
}

func (l *lifecycle) take(one interface{}) {
	switch f := one.(type) {
	case interface {
		Start(context.Context, map[string]string) error
	}:
		l.start = f.Start
	case interface {
		Start(context.Context, map[string]string)
	}:
		l.start = func(ctx context.Context, env map[string]string) error { f.Start(ctx, env); return nil }
	}
	switch f := one.(type) {
	case interface{ Stop(context.Context) error }:
		l.stop = f.Stop
	case interface{ Stop(context.Context) }:
		l.stop = func(ctx context.Context) error { f.Stop(ctx); return nil }
	}
	if f, ok := one.(interface {
		Alive(context.Context) (bool, error)
	}); ok {
		l.isAlive = f.Alive
	}
	if f, ok := one.(interface {
		Ready(context.Context) (bool, error)
	}); ok {
		l.isReady = f.Ready
	}
}

func (l *lifecycle) begin(ctx context.Context, env map[string]string) error {
	if l.start != nil {
		if err := l.start(ctx, env); err != nil {
			return err
		}
	}
	atomic.StoreInt32(&l.started, 1)
	return nil
}

func (l *lifecycle) end(ctx context.Context) error {
	if l.stop == nil || atomic.LoadInt32(&l.started) == 0 {
		return nil
	}
	return l.stop(ctx)
}

func (l *lifecycle) alive(ctx context.Context) (bool, error) {
	if l.isAlive == nil {
		return true, nil
	}
	return l.isAlive(ctx)
}

// ready is false until the function has started.
func (l *lifecycle) ready(ctx context.Context) (bool, error) {
	if atomic.LoadInt32(&l.started) == 0 {
		return false, nil
	}
	if l.isReady == nil {
		return true, nil
	}
	return l.isReady(ctx)
}
