using Reflux.Distillation.Records;
using Reflux.Models.Adapters;
using static TorchSharp.torch;

namespace Reflux.Distillation.Training;

/// <summary>What is learned, and how a step changes it: a pure function of both and of the step's sequences.</summary>
internal interface ILearner : IDisposable
{
    /// <summary>Optimizer steps taken.</summary>
    long Step { get; }

    /// <summary>Device time spent in steps, seconds, through restarts.</summary>
    double DeviceSeconds { get; }

    /// <summary>The adapter that is trained; null where the weights themselves are.</summary>
    LoraConfig? Adapter { get; }

    /// <summary>One optimizer step.</summary>
    /// <exception cref="NonFiniteStepException">Loss or gradient is NaN or infinite; weights and optimizer are untouched.</exception>
    StepResult Train(IReadOnlyList<LabelledSequence> sequences);

    /// <summary>The whole student's weights as they are now, an adapter merged, on the CPU, in a dtype; the caller's to dispose.</summary>
    IReadOnlyDictionary<string, Tensor> CopyWeights(ScalarType dtype);

    /// <summary>What is trained, as it is now, on the CPU, in float32: the weights, or the adapter's; the caller's to dispose.</summary>
    IReadOnlyDictionary<string, Tensor> CopyTrained();

    /// <summary>The optimizer's moments as they are now, on the CPU; the caller's to dispose.</summary>
    IReadOnlyDictionary<string, Tensor> CopyOptimizer();
}
