using Reflux.Distillation.Compute;
using Reflux.Distillation.Tests.Training;

// For the test that needs processes of its own: trains the tiny student in DIR from where it was left to the end of its log, names each record as it
// is read, and at last the digests of what it stored. "DIR RECORD" instead: goes no further than that record, so that whoever wants to kill it comes in time.
// "memory load DIR" instead: what loading a model takes.
if (args is ["memory", MemoryRun.Loading, var directory])
{
    var (before, peak) = MemoryRun.Load(directory);
    Console.Out.WriteLine($"{before} {peak}");
    return;
}

// "memory WHAT" instead: what native memory a thousand rounds need.
if (args is ["memory", var what])
{
    foreach (var (bytes, tensors) in MemoryRun.Run(what))
    {
        Console.Out.WriteLine($"{bytes} {tensors}");
    }

    return;
}

using var compute = new ComputeThread(new ComputeOptions { Threads = 2 });
using var student = new TinyStudent(compute, directory: args[0]);
student.Log.Append(TrainerProcessTests.Records(student));
var last = args is [_, var record] ? long.Parse(record, System.Globalization.CultureInfo.InvariantCulture) : long.MaxValue;
student.Log.OnRead = offset =>
{
    Console.Out.WriteLine($"record {offset}");
    if (offset == last)
    {
        // the end of the input: whoever was to kill it is gone
        Console.In.ReadToEnd();
    }
};
var state = await student.TrainToEndAsync();
Console.Out.WriteLine($"step {state.Step}: {state.Weights.ReplaceLineEndings(" ")}");
