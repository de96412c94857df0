package clientgo

import (
	"context"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func TestALeaderIsElectedAndHandsOver(t *testing.T) {
	client, ns, ctx := typed(t), namespace(t), within(t)
	leading := make(chan string, 4)
	var ended sync.WaitGroup
	candidate := func(name string) context.CancelFunc {
		candidacy, resign := context.WithCancel(ctx)
		ended.Go(func() {
			leaderelection.RunOrDie(candidacy, leaderelection.LeaderElectionConfig{
				Lock: &resourcelock.LeaseLock{
					LeaseMeta:  metav1.ObjectMeta{Name: "leader", Namespace: ns},
					Client:     client.CoordinationV1(),
					LockConfig: resourcelock.ResourceLockConfig{Identity: name},
				},
				ReleaseOnCancel: true,
				LeaseDuration:   3 * time.Second,
				RenewDeadline:   2 * time.Second,
				RetryPeriod:     200 * time.Millisecond,
				Callbacks: leaderelection.LeaderCallbacks{
					OnStartedLeading: func(context.Context) { leading <- name },
					OnStoppedLeading: func() {},
				},
			})
		})
		return resign
	}
	resign := candidate("first")
	equal(t, "leader", <-leading, "first")
	resignSecond := candidate("second")
	eventually(t, "the lease is renewed", func() bool {
		lease, err := client.CoordinationV1().Leases(ns).Get(ctx, "leader", metav1.GetOptions{})
		return err == nil && *lease.Spec.HolderIdentity == "first" && lease.Spec.RenewTime.After(lease.Spec.AcquireTime.Time)
	})
	resign()
	equal(t, "leader after the first resigned", <-leading, "second")
	lease, err := client.CoordinationV1().Leases(ns).Get(ctx, "leader", metav1.GetOptions{})
	must(t, err)
	equal(t, "transitions", *lease.Spec.LeaseTransitions >= 1, true)
	resignSecond()
	ended.Wait()
}
