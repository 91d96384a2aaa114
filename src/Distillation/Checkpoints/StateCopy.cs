using Reflux.Distillation.Compute;
using Reflux.Distillation.Training;
using static TorchSharp.torch;

namespace Reflux.Distillation.Checkpoints;

/// <summary>A copy, on the CPU, of all that a student's next step depends on. Owns its tensors.</summary>
internal sealed class StateCopy : IDisposable
{
    private readonly Lazy<string> _hash;

    internal StateCopy(long step, IntakeState intake, IReadOnlyDictionary<string, Tensor> trained, IReadOnlyDictionary<string, Tensor> optimizer)
    {
        (Step, Intake, Trained, Optimizer) = (step, intake, trained, optimizer);
        _hash = new Lazy<string>(() => StateHash.Of(step, intake.Next, trained, optimizer, intake.Dedupe, intake.Pending));
    }

    /// <summary>Optimizer steps taken.</summary>
    public long Step { get; }

    public IntakeState Intake { get; }

    /// <summary>What is trained, by name: the weights, or an adapter's.</summary>
    public IReadOnlyDictionary<string, Tensor> Trained { get; }

    /// <summary>The optimizer's moments, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Optimizer { get; }

    /// <summary>The state's hash; computed when it is first asked for, not in the trainer's time.</summary>
    public string Hash => _hash.Value;

    /// <summary>Copies a student between two steps; nobody else may change it meanwhile.</summary>
    public static async Task<StateCopy> TakeAsync(StudentFold fold, ICompute compute)
    {
        var intake = fold.Intake.Export();
        var (trained, optimizer) = await compute.RunAsync(ComputeQueue.Trainer, () => (fold.Learner.CopyTrained(), fold.Learner.CopyOptimizer()), CancellationToken.None);
        return new StateCopy(fold.Learner.Step, intake, trained, optimizer);
    }

    public void Dispose()
    {
        foreach (var tensor in Trained.Values.Concat(Optimizer.Values))
        {
            tensor.Dispose();
        }
    }
}
