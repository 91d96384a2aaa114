using System.Diagnostics;
using System.Globalization;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Tests.Support;
using TorchSharp;

namespace Reflux.Distillation.Tests.Training;

/// <summary>Nine hundred more rounds must not need more native memory than the first hundred; each runs in a process whose memory nothing else uses.</summary>
public class MemoryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    [Theory]
    [Trait("Speed", "slow")]
    [InlineData(MemoryRun.Training)]
    [InlineData(MemoryRun.Generation)]
    public async Task Native_memory_and_tensors_stay_as_they_were(string what)
    {
        var (growth, tensors) = await MeasureAsync(what);

        // less is no leak: now and then the runtime gives back something of its own
        Assert.True(growth <= 0.02, $"{growth:P2}");
        Assert.Equal(0, tensors);
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task A_small_tensor_kept_each_round_would_be_noticed()
    {
        var (growth, tensors) = await MeasureAsync(MemoryRun.Leaking);

        Assert.True(growth > 0.02, $"{growth:P2}");
        Assert.Equal(900, tensors);
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Loading_holds_the_model_and_one_tensor()
    {
        using var directory = new TemporaryDirectory();
        var config = new ModelConfig
        {
            HiddenSize = 512, IntermediateSize = 1536, Layers = 10, Heads = 8, KeyValueHeads = 4, HeadDim = 64, VocabularySize = 2048, MaxPositions = 64, TieWordEmbeddings = true,
        };
        long model, largest;
        using (var decoder = CausalDecoder.CreateFresh(config, 1, torch.CPU))
        {
            File.WriteAllText(directory.File("config.json"), config.ToJson());
            using var stream = File.Create(directory.File("model.safetensors"));
            ModelDirectory.WriteWeights(stream, decoder.Parameters, torch.ScalarType.BFloat16);
            model = 4 * decoder.Parameters.Values.Sum(parameter => parameter.NumberOfElements);
            largest = 4 * decoder.Parameters.Values.Max(parameter => parameter.NumberOfElements);
        }

        var figures = (await RunAsync(MemoryRun.Loading, directory.Path))[0];
        var (before, peak) = (figures[0], figures[1]);

        // the stored half-width copy of the whole model would be model / 2 more
        Assert.InRange(peak - before, model, model + (2 * largest) + (model / 8));
    }

    private static async Task<(double Growth, long Tensors)> MeasureAsync(string what)
    {
        var seen = await RunAsync(what);
        return ((double)(seen[1][0] - seen[0][0]) / seen[0][0], seen[1][1] - seen[0][1]);
    }

    private static async Task<long[][]> RunAsync(params string[] what)
    {
        using var limit = new CancellationTokenSource(Patience);
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(MemoryRun).Assembly.Location, "memory", .. what]) { RedirectStandardOutput = true };

        // so that the runtime does not compile in the background while it is measured
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        using var process = Process.Start(start)!;
        var lines = (await process.StandardOutput.ReadToEndAsync(limit.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(0, process.ExitCode);
        return [.. lines.Select(line => line.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray())];
    }
}
