using Reflux.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Training;

public sealed class AdamWTests
{
    private static readonly AdamWOptions Options = new(Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-6, WeightDecay: 0.1);

    [Fact]
    public void Steps_follow_the_published_algorithm()
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        var (matrix, vector) = (Values(random, 12), Values(random, 5));
        var parameters = Parameters(matrix, vector, ScalarType.Float64);
        using var optimizer = new AdamW(parameters, Options);
        var expected = new Dictionary<string, PlainAdamW> { ["matrix"] = new(matrix, decays: true), ["vector"] = new(vector, decays: false) };

        for (var step = 1; step <= 20; step++)
        {
            var learningRate = 0.01 * step;
            foreach (var (name, parameter) in parameters)
            {
                var gradient = Values(random, (int)parameter.numel());
                SetGradient(parameter, gradient);
                expected[name].Step(gradient, learningRate, step);
            }

            optimizer.Step(learningRate);
        }

        foreach (var (name, parameter) in parameters)
        {
            foreach (var (actual, wanted) in parameter.data<double>().ToArray().Zip(expected[name].Weights))
            {
                Assert.Equal(wanted, actual, 1e-12);
            }
        }

        Assert.Equal(20, optimizer.StepCount);
    }

    [Fact]
    public void Restored_state_goes_on_to_the_same_bits()
    {
        using var scope = NewDisposeScope();
        var random = new Random(4);
        var (matrix, vector) = (Values(random, 12), Values(random, 5));
        var gradients = Enumerable.Range(0, 6).Select(_ => (Values(random, 12), Values(random, 5))).ToArray();
        var whole = Parameters(matrix, vector, ScalarType.Float32);
        using var undisturbed = new AdamW(whole, Options);
        Array.ForEach(gradients, gradient => Step(undisturbed, whole, gradient));

        var part = Parameters(matrix, vector, ScalarType.Float32);
        using var before = new AdamW(part, Options);
        Array.ForEach(gradients[..3], gradient => Step(before, part, gradient));
        using var after = new AdamW(part, Options);
        after.Restore(before.StepCount, before.State);
        Array.ForEach(gradients[3..], gradient => Step(after, part, gradient));

        Assert.Equal(whole["matrix"].data<float>().ToArray(), part["matrix"].data<float>().ToArray());
        Assert.Equal(whole["vector"].data<float>().ToArray(), part["vector"].data<float>().ToArray());
    }

    [Fact]
    public void State_of_another_shape_is_refused()
    {
        using var scope = NewDisposeScope();
        using var optimizer = new AdamW(Parameters(new double[12], new double[5], ScalarType.Float32), Options);
        var foreign = optimizer.State.ToDictionary(entry => entry.Key, entry => entry.Key == "m.vector" ? zeros(6) : entry.Value);

        var refusal = Assert.Throws<ArgumentException>(() => optimizer.Restore(1, foreign));

        Assert.Contains("m.vector", refusal.Message);
    }

    [Fact]
    public void A_parameter_without_gradient_is_left_alone()
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5], ScalarType.Float64);
        using var optimizer = new AdamW(parameters, Options);
        SetGradient(parameters["matrix"], new double[12]);

        optimizer.Step(0.1);

        Assert.Equal([1, 2, 3, 4, 5], parameters["vector"].data<double>().ToArray());
        Assert.Equal(0.99, parameters["matrix"].data<double>()[0], 1e-12);
    }

    private static void Step(AdamW optimizer, IReadOnlyDictionary<string, Tensor> parameters, (double[] Matrix, double[] Vector) gradient)
    {
        SetGradient(parameters["matrix"], gradient.Matrix);
        SetGradient(parameters["vector"], gradient.Vector);
        optimizer.Step(0.02);
    }

    private static double[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];

    private static Dictionary<string, Tensor> Parameters(double[] matrix, double[] vector, ScalarType dtype)
    {
        var parameters = new Dictionary<string, Tensor>
        {
            ["vector"] = tensor(vector, [vector.Length], dtype: dtype),
            ["matrix"] = tensor(matrix, [3, matrix.Length / 3], dtype: dtype),
        };
        foreach (var parameter in parameters.Values)
        {
            parameter.requires_grad = true;
        }

        return parameters;
    }

    /// <summary>Σ w·g has gradient g.</summary>
    private static void SetGradient(Tensor parameter, double[] gradient)
    {
        using (no_grad())
        {
            parameter.grad?.zero_();
        }

        (parameter * tensor(gradient, parameter.shape, dtype: parameter.dtype)).sum().backward();
    }

    private sealed class PlainAdamW(double[] initial, bool decays)
    {
        private readonly double[] _first = new double[initial.Length];
        private readonly double[] _second = new double[initial.Length];

        public double[] Weights { get; } = [.. initial];

        public void Step(double[] gradient, double learningRate, int step)
        {
            for (var i = 0; i < gradient.Length; i++)
            {
                _first[i] = (Options.Beta1 * _first[i]) + ((1 - Options.Beta1) * gradient[i]);
                _second[i] = (Options.Beta2 * _second[i]) + ((1 - Options.Beta2) * gradient[i] * gradient[i]);
                var mean = _first[i] / (1 - Math.Pow(Options.Beta1, step));
                var variance = _second[i] / (1 - Math.Pow(Options.Beta2, step));
                Weights[i] -= learningRate * ((mean / (Math.Sqrt(variance) + Options.Epsilon)) + (decays ? Options.WeightDecay * Weights[i] : 0));
            }
        }
    }
}
