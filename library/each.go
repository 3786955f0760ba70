package library

import (
	"iter"
	"runtime"
	"slices"
	"sync"
)

// Each calls do for every file, a few at a time, and yields the results in the
// order of the files. What do returns is all that is kept of a file.
func Each[T any](files []File, do func(File) T) iter.Seq2[File, T] {
	workers := runtime.GOMAXPROCS(0)
	// Handing over a file wakes goroutines, so that a worker takes several at once
	// where there are many.
	several := min(max(len(files)/(16*workers), 1), 8)
	used := sync.Pool{New: func() any { return new([]T) }} // lists of results that were yielded
	doAll := func(files []File) *[]T {
		results := used.Get().(*[]T)
		for _, f := range files {
			*results = append(*results, do(f))
		}
		return results
	}
	return func(yield func(File, T) bool) {
		for files, results := range InOrder(slices.Chunk(files, several), workers, doAll) {
			for i, f := range files {
				if !yield(f, (*results)[i]) {
					return
				}
			}
			empty(results, *results)
			used.Put(results)
		}
	}
}

// InOrder calls do for every input, at most workers at a time, and yields the
// results in the order of the inputs. No more workers are started than there are
// inputs. Results wait for those before them in a
// queue of a fixed length, so memory does not grow with the number of inputs.
// Do must be safe for use by several goroutines. When the caller stops early,
// the calls under way are left to end by themselves.
func InOrder[S, T any](inputs iter.Seq[S], workers int, do func(S) T) iter.Seq2[S, T] {
	return func(yield func(S, T) bool) {
		if workers <= 1 {
			for in := range inputs {
				if !yield(in, do(in)) {
					return
				}
			}
			return
		}
		type result struct {
			value    T
			panicked any
		}
		type job struct {
			in   S
			done chan result
		}
		stop := make(chan struct{})
		defer close(stop)
		work := make(chan job)
		queue := make(chan job, min(4*workers, max(workers, 1<<12)))
		worker := func() {
			for j := range work {
				j.done <- func() (r result) {
					defer func() { r.panicked = recover() }()
					r.value = do(j.in)
					return r
				}()
			}
		}
		go func() {
			defer close(work)
			defer close(queue)
			defer func() {
				if r := recover(); r != nil {
					j := job{done: make(chan result, 1)}
					j.done <- result{panicked: r}
					select {
					case queue <- j:
					case <-stop:
					}
				}
			}()
			started := 0
			for in := range inputs {
				if started < workers { // as many as there is work for
					started++
					go worker()
				}
				j := job{in, make(chan result, 1)}
				for _, next := range []chan job{queue, work} {
					select {
					case next <- j:
					case <-stop:
						return
					}
				}
			}
		}()
		for j := range queue {
			r := <-j.done
			if r.panicked != nil {
				panic(r.panicked) // where the caller can recover from it
			}
			if !yield(j.in, r.value) {
				return
			}
		}
	}
}
