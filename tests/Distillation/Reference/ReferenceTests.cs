using Reflux.Contracts.Definitions;
using Reflux.Distillation.Training;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Reference;

/// <summary>The product against the Python reference of tests/reference, per tensor by max |Δ| / max |reference|.</summary>
public class ReferenceTests
{
    private const double Float32 = 1e-5;
    private const double Computed = 1e-10;
    private const double Trained = 1e-9;

    public static TheoryData<string> Names => ReferenceCase.Names;

    [Fact]
    public void Every_family_and_odd_shape_is_there() => Assert.Equal(9, Names.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_loss_and_gradients_agree(string name)
    {
        using ReferenceCase reference = new(name);
        Compare(reference, ScalarType.Float64, Computed);
        Compare(reference, ScalarType.Float32, Float32);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Twenty_steps_with_decay_clipping_and_warm_up_agree(string name)
    {
        using ReferenceCase reference = new(name);
        using CausalDecoder precise = Train(reference, reference.Settings, ScalarType.Float64, Computed);
        using CausalDecoder single = Train(reference, reference.Settings, ScalarType.Float32, Float32);

        Assert.Equal("", FarFrom(reference, "after", precise, Trained));
        Assert.Equal("", FarFrom(reference, "after", single, Float32));
    }

    [Theory]
    [InlineData("no-weight-decay")]
    [InlineData("no-bias-correction")]
    [InlineData("no-clipping")]
    [InlineData("no-warmup")]
    public void A_step_without_one_of_its_parts_would_be_noticed(string variant)
    {
        using ReferenceCase reference = new("llama");
        using CausalDecoder decoder = Train(reference, reference.Settings, ScalarType.Float64, Computed);

        double[] distances = [.. decoder.Parameters.Where(parameter => parameter.Value.dim() == 2).Select(parameter => ReferenceCase.Distance(reference.Expected[$"{variant}.{parameter.Key}"], parameter.Value))];
        Assert.All(distances, distance => Assert.True(distance > 100 * Float32, $"{variant} differs by {distance:g3} only"));
    }

    [Theory]
    [InlineData("weight decay")]
    [InlineData("clipping")]
    [InlineData("warm-up")]
    public void Training_without_one_of_its_parts_ends_elsewhere(string part)
    {
        using ReferenceCase reference = new("llama");
        TrainingSpec settings = part switch
        {
            "weight decay" => reference.Settings with { WeightDecay = 0 },
            "clipping" => reference.Settings with { GradientClip = 0 },
            _ => reference.Settings with { WarmupSteps = 0 },
        };
        using CausalDecoder decoder = Train(reference, settings, ScalarType.Float64, tolerance: null);

        Assert.NotEqual("", FarFrom(reference, "after", decoder, 100 * Float32));
        string variant = part switch { "weight decay" => "no-weight-decay", "clipping" => "no-clipping", _ => "no-warmup" };
        Assert.Equal("", FarFrom(reference, variant, decoder, Trained));
    }

    private static void Compare(ReferenceCase reference, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = reference.Load(dtype);
        int[][] sequences = reference.Batches[0];
        for (int i = 0; i < sequences.Length; i++)
        {
            using IDisposable gradients = no_grad();
            int length = sequences[i].Length;
            Tensor hidden = decoder.Hidden(
                tensor(sequences[i].Select(id => (long)id).ToArray(), [1, length]),
                arange(length, ScalarType.Int64).unsqueeze(0),
                ones(length, length, ScalarType.Bool).tril().view(1, 1, length, length));
            AssertNear(reference.Expected[$"logits.{i}"], decoder.Logits(hidden).squeeze(0), tolerance, $"{dtype} logits.{i}");
        }

        decoder.SetTrainable(true);
        double loss = ReferenceCase.Backward(decoder, sequences);

        Assert.True(Math.Abs(loss - reference.Loss) <= tolerance * reference.Loss, $"{dtype} loss {loss} against {reference.Loss}");
        foreach ((string parameter, Tensor value) in decoder.Parameters)
        {
            AssertNear(reference.Expected[$"gradient.{parameter}"], value.grad!, tolerance, $"{dtype} gradient of {parameter}");
        }
    }

    /// <summary>Trains on the reference's batches; with a tolerance each step's loss and gradient norm are compared as well.</summary>
    private static CausalDecoder Train(ReferenceCase reference, TrainingSpec settings, ScalarType dtype, double? tolerance)
    {
        CausalDecoder decoder = reference.Load(dtype);
        decoder.SetTrainable(true);
        using AdamW optimizer = new(decoder.Parameters, new AdamWOptions(settings.Beta1, settings.Beta2, settings.Epsilon, settings.WeightDecay));
        LearningRateSchedule schedule = new(settings);
        int[][][] batches = reference.Batches;
        for (int step = 1; step <= batches.Length; step++)
        {
            optimizer.ClearGradients();
            double loss = ReferenceCase.Backward(decoder, batches[step - 1]);
            double norm = GradientClipping.Clip(decoder.Parameters, settings.GradientClip);
            optimizer.Step(schedule.At(step));
            if (tolerance is { } most)
            {
                Assert.Equal(reference.Losses[step - 1], loss, 10 * most * reference.Losses[step - 1]);
                Assert.Equal(reference.Norms[step - 1], norm, 10 * most * reference.Norms[step - 1]);
                Assert.True(norm > settings.GradientClip, "clipping is not active");
            }
        }

        return decoder;
    }

    private static string FarFrom(ReferenceCase reference, string kind, CausalDecoder decoder, double tolerance) => string.Join(
        "\n",
        from parameter in decoder.Parameters
        let distance = ReferenceCase.Distance(reference.Expected[$"{kind}.{parameter.Key}"], parameter.Value)
        where distance > tolerance
        select $"{parameter.Key}: {distance:g3}");

    private static void AssertNear(Tensor reference, Tensor value, double tolerance, string what)
    {
        double distance = ReferenceCase.Distance(reference, value);
        Assert.True(distance <= tolerance, $"{what}: {distance:g3} > {tolerance:g3}");
    }
}
