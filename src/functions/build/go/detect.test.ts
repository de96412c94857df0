import assert from "node:assert/strict";
import { test } from "node:test";
import { detectExport } from "./detect.ts";

const file = (body: string) => `// Package function "is" \`this\`; func Handle() {}
package function

import (
	"context"
	web "net/http"

	"github.com/cloudevents/sdk-go/v2/event"
	cloudevents "github.com/cloudevents/sdk-go/v2"
)

/* func New() int { return 1 } */
const brace, text = '{', "func Handle() {"
const raw = \`
func Handle(s string) {
\`

var table = map[string]func(){"x": func() { println("}") }}

${body}
`;

const summary = (body: string) => {
  const found = detectExport([file(body)]);
  return found.kind === "refused" ? `refused: ${found.message}` : `${found.instanced ? "New" : "Handle"} ${found.flavour}`;
};

test("each form of an HTTP function is told from its source", () => {
  for (const [body, expected] of [
    ["func Handle(w web.ResponseWriter, r *web.Request) {}", "Handle http"],
    ["func Handle(ctx context.Context, w web.ResponseWriter, r *web.Request) {}", "Handle http"],
    ["func Handle(web.ResponseWriter, *web.Request) {}", "Handle http"],
    ["type F struct{}\nfunc New() *F { return &F{} }\nfunc (f *F) Handle(w web.ResponseWriter, r *web.Request) {}", "New http"],
    ["func New() F { return F{} }\nfunc (F) Handle(_ web.ResponseWriter, _ *web.Request) {}", "New http"],
    ["func New() *F[int] { return nil }\nfunc (f *F[T]) Handle(w web.ResponseWriter, r *web.Request) {}", "New http"],
    ["func New() interface{ Handle(web.ResponseWriter, *web.Request) } { return nil }", "New unknown"],
    ["type in = web.Request\nfunc Handle(w web.ResponseWriter, r *in) {}", "Handle unknown"],
  ] as const)
    assert.equal(summary(body), expected, body);
});

test("each of the twelve signatures of a CloudEvents function is told from its source", () => {
  const forms = [
    ...["(event.Event)", "(event.Event) error", "(ctx context.Context, e event.Event)", "(ctx context.Context, e event.Event) error"],
    ...["(e event.Event) *event.Event", "(e event.Event) (*event.Event, error)", "(context.Context, event.Event) *event.Event"],
    ...["(c context.Context, e cloudevents.Event) (*cloudevents.Event, error)", "(e event.Event) (out *event.Event, err error)"],
  ];
  for (const form of forms) assert.equal(summary(`func Handle${form} {}`), "Handle event", form);
  for (const form of ["()", "() error", "(context.Context)", "(ctx context.Context) error"])
    assert.equal(summary(`func Handle${form} {}`), "Handle eventless", form);
});

test("what is no function is refused with what was looked for", () => {
  for (const [body, expected] of [
    ["func New() *F { return nil }\nfunc Handle(w web.ResponseWriter, r *web.Request) {}", /both New and Handle/],
    ["func Handel() {}", /neither a function New nor a function Handle/],
    ["func (f F) Handle(w web.ResponseWriter, r *web.Request) {}", /neither/],
    ["func Handle(name string) string { return name }", /Handle\(string\) string has a form that is not known/],
    ["func Handle(e event.Event, ctx context.Context) {}", /form that is not known/],
    ["func New(n int) *F { return nil }", /New takes int; it has to take nothing/],
    ["func New() (*F, error) { return nil, nil }", /New has to return one value/],
  ] as const)
    assert.match(summary(body), expected, body);
  const nothing = detectExport([]);
  assert.ok(nothing.kind === "refused" && /Handle\(ctx context.Context, e event.Event\)/.test(nothing.hint ?? ""));
  const main = detectExport(["package main\nfunc Handle() {}"]);
  assert.ok(main.kind === "refused" && main.message.includes("package main"));
});

test("files that do not end where they should are survived", () => {
  for (const source of ["package function\nfunc", "func (", "package function\nimport (", 'package f\nimport "x', "func New() {", "}}}"])
    assert.equal(detectExport([source]).kind === "refused", true, source);
});
