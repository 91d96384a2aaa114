using System.Globalization;
using System.Text.Json;
using Reflux.Distillation.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Golden;

/// <summary>One case of losses.json, which tests/reference/losses.py writes.</summary>
internal sealed record GoldenLoss
{
    private static readonly GoldenLoss[] Cases = JsonSerializer.Deserialize<GoldenLoss[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "losses.json")), JsonSerializerOptions.Web)!;

    public required string Kind { get; init; }

    public required string Objective { get; init; }

    public required double Temperature { get; init; }

    public required double CrossEntropyWeight { get; init; }

    public string Name { get; init; } = "";

    /// <summary>[P][V]; null is −∞.</summary>
    public required double?[][] Teacher { get; init; }

    public required double?[][] Student { get; init; }

    public required long[] Tokens { get; init; }

    public long[][] Ids { get; init; } = [];

    /// <summary>[P][k + 1] of ids and tail, in 50 digits.</summary>
    public string[][] Masses { get; init; } = [];

    public double[][] Counts { get; init; } = [];

    public double[] Entropies { get; init; } = [];

    public required double Loss { get; init; }

    public required double[][] Gradient { get; init; }

    public double[] FlatGradient => [.. Gradient.SelectMany(row => row)];

    public static GoldenLoss At(int index) => Cases[index];

    public static IEnumerable<int> Indexes(Func<GoldenLoss, bool> which) => Enumerable.Range(0, Cases.Length).Where(index => which(Cases[index]));

    public Tensor Logits(ScalarType dtype) => Rows(Student).to_type(dtype);

    /// <summary>The teacher's side; sampled rows of unequal lengths are padded as labels are.</summary>
    public SoftTargets Targets()
    {
        var tokens = tensor(Tokens);
        if (Kind == "dense")
        {
            return new DenseTargets(Rows(Teacher), tokens);
        }

        var width = Ids.Max(row => row.Length);
        var ids = tensor([.. Ids.SelectMany(row => Padded(row, width, row[0]))], [Ids.Length, width]);
        if (Kind == "topk")
        {
            var masses = tensor([.. Masses.SelectMany(row => row.Select(mass => Math.Log(double.Parse(mass, CultureInfo.InvariantCulture))))], [Ids.Length, width + 1]);
            return TopKTargets.Of(ids, masses.narrow(1, 0, width), masses.narrow(1, width, 1), tokens);
        }

        var counts = tensor([.. Counts.SelectMany(row => Padded(row, width, 0))], [Ids.Length, width]);
        return SampledTargets.FromWeights(ids, counts / counts.sum(1, keepdim: true), tokens);
    }

    /// <summary>What the mean loss of targets made from tensors lacks: they know no entropy.</summary>
    public double EntropyTerm => Entropies.Length == 0 ? 0 : (1 - CrossEntropyWeight) * Temperature * Temperature * Entropies.Average();

    private static IEnumerable<T> Padded<T>(T[] row, int width, T padding) => [.. row, .. Enumerable.Repeat(padding, width - row.Length)];

    private static Tensor Rows(double?[][] rows) =>
        tensor([.. rows.SelectMany(row => row.Select(value => value ?? double.NegativeInfinity))], [rows.Length, rows[0].Length]);
}
