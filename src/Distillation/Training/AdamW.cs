using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2) on named tensors. Decay applies to matrices only: norm
/// weights and other vectors are left alone. The parameters are the caller's; the moments are this object's.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const string FirstMomentPrefix = "m.";
    private const string SecondMomentPrefix = "v.";

    private readonly AdamWOptions _options;
    private readonly (string Name, Tensor Parameter, Tensor First, Tensor Second)[] _entries;

    /// <summary>Starts with zero moments. Parameters are visited in ordinal order of their names.</summary>
    public AdamW(IReadOnlyDictionary<string, Tensor> parameters, AdamWOptions options)
    {
        _options = options;
        _entries =
        [
            .. parameters
                .OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
                .Select(parameter => (parameter.Key, parameter.Value, ZerosFor(parameter.Value), ZerosFor(parameter.Value))),
        ];
    }

    /// <summary>Steps taken; the bias correction depends on it.</summary>
    public long StepCount { get; private set; }

    /// <summary>The moments, named <c>m.{parameter}</c> and <c>v.{parameter}</c>. They stay this object's and change with each step.</summary>
    public IReadOnlyDictionary<string, Tensor> State
    {
        get
        {
            var state = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
            foreach (var (name, _, first, second) in _entries)
            {
                state.Add(FirstMomentPrefix + name, first);
                state.Add(SecondMomentPrefix + name, second);
            }

            return state;
        }
    }

    /// <summary>Copies moments exported by <see cref="State"/> into this optimizer.</summary>
    /// <exception cref="ArgumentException">A moment is missing or has another shape.</exception>
    public void Restore(long stepCount, IReadOnlyDictionary<string, Tensor> state)
    {
        using var noGrad = no_grad();
        foreach (var (name, moment) in State)
        {
            if (!state.TryGetValue(name, out var stored) || !stored.shape.SequenceEqual(moment.shape))
            {
                throw new ArgumentException($"optimizer state {name} is missing or has another shape", nameof(state));
            }

            moment.copy_(stored);
        }

        StepCount = stepCount;
    }

    /// <summary>One update from the parameters' gradients; a parameter without a gradient is left as it is.</summary>
    /// <param name="learningRate">The step size of this step.</param>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        StepCount++;
        var correction1 = 1 - Math.Pow(_options.Beta1, StepCount);
        var correction2 = 1 - Math.Pow(_options.Beta2, StepCount);
        using Scalar decay = 1 - (learningRate * _options.WeightDecay);
        using Scalar beta1 = _options.Beta1, gain1 = 1 - _options.Beta1;
        using Scalar beta2 = _options.Beta2, gain2 = 1 - _options.Beta2;
        using Scalar deviation = Math.Sqrt(correction2), negativeEpsilon = -_options.Epsilon, rate = -learningRate / correction1;
        foreach (var (_, parameter, first, second) in _entries)
        {
            if (parameter.grad is not { } gradient)
            {
                continue;
            }

            if (parameter.dim() >= 2 && _options.WeightDecay > 0)
            {
                parameter.mul_(decay);
            }

            first.mul_(beta1).add_(gradient, gain1);
            second.mul_(beta2).addcmul_(gradient, gradient, gain2);
            var denominator = second.sqrt().div_(deviation).sub_(negativeEpsilon);
            parameter.addcdiv_(first, denominator, rate);
        }
    }

    /// <summary>Lets go of every gradient, so that the next one takes its place instead of being added to zeros.</summary>
    public void ClearGradients()
    {
        foreach (var (_, parameter, _, _) in _entries)
        {
            parameter.grad = null;
        }
    }

    /// <summary>Returns the moments' memory.</summary>
    public void Dispose()
    {
        foreach (var (_, _, first, second) in _entries)
        {
            first.Dispose();
            second.Dispose();
        }
    }

    private static Tensor ZerosFor(Tensor parameter)
    {
        using var noGrad = no_grad();
        return zeros(parameter.shape, dtype: parameter.dtype, device: parameter.device).DetachFromDisposeScope();
    }
}
