using Reflux.Contracts.Snapshots;
using TorchSharp;

namespace Reflux.Distillation.Compute;

/// <summary>Where work on tensors runs, one item at a time.</summary>
public interface ICompute
{
    /// <summary>Where tensors live.</summary>
    torch.Device Device { get; }

    /// <summary>CPU threads within one operation.</summary>
    int Threads { get; }

    /// <summary>What the bits computed here depend on.</summary>
    EnvironmentFingerprint Environment { get; }

    /// <summary>Runs <paramref name="work"/> and returns its result, which must hold no tensor of a scope that the work closed. Exceptions of the work are the caller's.</summary>
    /// <param name="queue">Whose turn it takes.</param>
    /// <param name="work">A bounded piece of work, best below 100 ms; longer work is cut into several items.</param>
    /// <param name="cancellationToken">Drops the item as long as it has not begun.</param>
    Task<T> RunAsync<T>(ComputeQueue queue, Func<T> work, CancellationToken cancellationToken);

    /// <summary>Runs <paramref name="work"/>.</summary>
    Task RunAsync(ComputeQueue queue, Action work, CancellationToken cancellationToken) =>
        RunAsync(
            queue,
            () =>
            {
                work();
                return true;
            },
            cancellationToken);
}
