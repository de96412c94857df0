// Program grpc is both ends of the gRPC benchmark: a server that echoes, and the load on it. Messages are plain bytes.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// raw leaves messages as they are.
type raw struct{}

func (raw) Marshal(value any) ([]byte, error)      { return *value.(*[]byte), nil }
func (raw) Unmarshal(data []byte, value any) error { *value.(*[]byte) = slices.Clone(data); return nil }
func (raw) Name() string                           { return "raw" }

const method = "/bench.Echo/Unary"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "load" {
		load(os.Args[2:])
		return
	}
	serve()
}

func serve() {
	listener, err := net.Listen("tcp", ":"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	echo := func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		var message []byte
		err := decode(&message)
		return &message, err
	}
	server := grpc.NewServer(grpc.ForceServerCodec(raw{}))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "bench.Echo",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Unary", Handler: echo}},
	}, nil)
	log.Fatal(server.Serve(listener))
}

type result struct {
	Requests  int     `json:"requests"`
	PerSecond float64 `json:"perSecond"`
	P50Ms     float64 `json:"p50Ms"`
	P99Ms     float64 `json:"p99Ms"`
	Errors    int     `json:"errors"`
	LastError string  `json:"lastError"`
}

// load calls from `connections` connections with `calls` at a time each, for `seconds`, and prints what it measured.
func load(args []string) {
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	address := flags.String("address", "", "host:port")
	authority := flags.String("authority", "", "host that is asked for")
	connections := flags.Int("connections", 1, "")
	calls := flags.Int("calls", 1, "at a time on each connection")
	seconds := flags.Float64("seconds", 1, "")
	_ = flags.Parse(args)
	var mutex sync.Mutex
	var group sync.WaitGroup
	var latencies []time.Duration
	var errors int
	var lastError string
	start := time.Now()
	end := start.Add(time.Duration(*seconds * float64(time.Second)))
	for range *connections {
		connection, err := grpc.NewClient("passthrough:///"+*address, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithAuthority(*authority), grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{})), grpc.WithDisableRetry())
		if err != nil {
			log.Fatal(err)
		}
		defer connection.Close()
		for range *calls {
			group.Add(1)
			go func() {
				defer group.Done()
				mine, failed, last := worker(connection, end)
				mutex.Lock()
				defer mutex.Unlock()
				latencies = append(latencies, mine...)
				errors += failed
				if last != nil {
					lastError = last.Error()
				}
			}()
		}
	}
	group.Wait()
	elapsed := time.Since(start).Seconds()
	slices.Sort(latencies)
	at := func(share float64) float64 {
		if len(latencies) == 0 {
			return 0
		}
		return float64(latencies[int(share*float64(len(latencies)-1))]) / float64(time.Millisecond)
	}
	_ = json.NewEncoder(os.Stdout).Encode(result{len(latencies), float64(len(latencies)) / elapsed, at(0.5), at(0.99), errors, lastError})
}

func worker(connection *grpc.ClientConn, end time.Time) (latencies []time.Duration, errors int, last error) {
	message := []byte("hello, world")
	for time.Now().Before(end) {
		var reply []byte
		before := time.Now()
		if err := connection.Invoke(context.Background(), method, &message, &reply); err != nil {
			errors, last = errors+1, err
			continue
		}
		latencies = append(latencies, time.Since(before))
	}
	return latencies, errors, last
}
