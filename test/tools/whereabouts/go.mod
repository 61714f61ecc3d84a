// Whereabouts, the peer of the tests and benchmarks, pinned.
module berth.test/whereabouts

go 1.25.5

require github.com/k8snetworkplumbingwg/whereabouts v0.9.4
