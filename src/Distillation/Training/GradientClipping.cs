using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Training;

/// <summary>Scales gradients down to a global norm.</summary>
public static class GradientClipping
{
    /// <summary>
    /// The L2 norm over all gradients together, before clipping. Where it exceeds <paramref name="maxNorm"/> every gradient is scaled by maxNorm / norm.
    /// </summary>
    /// <param name="parameters">Parameters, visited in ordinal order of their names so that the sum is reproducible.</param>
    /// <param name="maxNorm">Largest norm let through; 0 only measures.</param>
    public static double Clip(IReadOnlyDictionary<string, Tensor> parameters, double maxNorm)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var gradients = parameters
            .OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
            .Select(parameter => parameter.Value.grad)
            .OfType<Tensor>()
            .ToArray();
        if (gradients.Length == 0)
        {
            return 0;
        }

        var squares = stack([.. gradients.Select(gradient => gradient.pow(Scalars.Two).sum().to_type(ScalarType.Float64))]);
        var norm = Math.Sqrt(squares.sum().item<double>());
        if (maxNorm > 0 && norm > maxNorm)
        {
            using Scalar factor = maxNorm / norm;
            foreach (var gradient in gradients)
            {
                gradient.mul_(factor);
            }
        }

        return norm;
    }
}
