using Reflux.Distillation.Compute;
using Reflux.Distillation.Tests.Training;

// For the test that needs processes of its own: trains the tiny student in DIR from where it was left to the end of its log, names each record as it
// is read, and at last the digests of what it stored.
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
student.Log.OnRead = offset => Console.Out.WriteLine($"record {offset}");
var state = await student.TrainToEndAsync();
Console.Out.WriteLine($"step {state.Step}: {state.Weights.ReplaceLineEndings(" ")}");
