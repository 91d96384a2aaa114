using System.Text.Json;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Reference;

/// <summary>
/// One tiny model of tests/reference with what the Python reference computes from it: loaded by the product's loader, run by the product's decoder,
/// packing, clipping, schedule and optimizer.
/// </summary>
internal sealed class ReferenceCase : IDisposable
{
    private readonly string _directory;
    private readonly JsonDocument _numbers;

    public ReferenceCase(string name)
    {
        _directory = Path.Combine(AppContext.BaseDirectory, "Reference", name);
        _numbers = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_directory, "expected.json")));
        Expected = Safetensors.Read(Path.Combine(_directory, "expected.safetensors"), CPU);
    }

    public static TheoryData<string> Names { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(AppContext.BaseDirectory, "Reference")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    /// <summary>float64, named <c>logits.{sequence}</c>, <c>gradient.{parameter}</c>, <c>after.{parameter}</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> Expected { get; }

    /// <summary>The token sequences of each step; the first step's are also those of logits and gradients.</summary>
    public int[][][] Batches => _numbers.RootElement.GetProperty("batches").Deserialize<int[][][]>()!;

    public double Loss => _numbers.RootElement.GetProperty("loss").GetDouble();

    public double[] Losses => _numbers.RootElement.GetProperty("losses").Deserialize<double[]>()!;

    public double[] Norms => _numbers.RootElement.GetProperty("norms").Deserialize<double[]>()!;

    public TrainingSpec Settings
    {
        get
        {
            JsonElement settings = _numbers.RootElement.GetProperty("settings");
            return new TrainingSpec
            {
                Schedule = TrainingSchedules.Constant,
                LearningRate = settings.GetProperty("learning_rate").GetDouble(),
                WarmupSteps = settings.GetProperty("warmup_steps").GetInt32(),
                Beta1 = settings.GetProperty("beta1").GetDouble(),
                Beta2 = settings.GetProperty("beta2").GetDouble(),
                Epsilon = settings.GetProperty("epsilon").GetDouble(),
                WeightDecay = settings.GetProperty("weight_decay").GetDouble(),
                GradientClip = settings.GetProperty("gradient_clip").GetDouble(),
            };
        }
    }

    public CausalDecoder Load(ScalarType dtype) => ModelDirectory.LoadDecoder(_directory, CPU, dtype);

    /// <summary>Adds the gradient of the mean next-token loss of some sequences, packed into one row, and returns that loss.</summary>
    public static double Backward(CausalDecoder decoder, int[][] sequences)
    {
        using var scope = NewDisposeScope();
        double loss = 0;
        foreach (PackedBatch batch in SequencePacker.Pack(sequences, rowTokens: 128))
        {
            using Tensor hidden = decoder.Hidden(batch.IdTensor(CPU), batch.PositionTensor(CPU), batch.MaskTensor(CPU));
            long[] rows = [.. batch.Sequences.SelectMany(place => Enumerable.Range(1, place.Length - 1).Select(target => batch.PredictingRow(place, target)))];
            long[] targets = [.. batch.Sequences.SelectMany(place => sequences[place.Index].Skip(1).Select(id => (long)id))];
            Tensor logits = decoder.Logits(hidden.reshape(-1, hidden.size(2)).index_select(0, tensor(rows)));
            Tensor sum = (logits.logsumexp(1) - logits.gather(1, tensor(targets).unsqueeze(1)).squeeze(1)).sum();
            Tensor share = sum / sequences.Sum(sequence => sequence.Length - 1);
            share.backward();
            loss += share.to_type(ScalarType.Float64).item<double>();
        }

        return loss;
    }

    /// <summary>max |Δ| / max |reference|.</summary>
    public static double Distance(Tensor reference, Tensor value)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(reference.shape, value.shape);
        double largest = reference.abs().max().item<double>();
        double difference = (value.detach().to_type(ScalarType.Float64) - reference).abs().max().item<double>();
        return largest == 0 ? difference : difference / largest;
    }

    public void Dispose()
    {
        _numbers.Dispose();
        foreach (Tensor tensor in Expected.Values)
        {
            tensor.Dispose();
        }
    }
}
