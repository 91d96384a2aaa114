// libtorch's threads and the process's memory are shared: one test at a time measures them
[assembly: CollectionBehavior(DisableTestParallelization = true)]
