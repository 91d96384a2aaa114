using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using Reflux.Cli;
using Reflux.Contracts.Faults;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>A process that dies just there: at every write, send, commit, fsync and rename that has a name.</summary>
public static class FaultPointTests
{
    public sealed class Catalogue
    {
        [Fact]
        public void The_page_lists_every_point_of_the_sources_once() =>
            Assert.Equal(FaultPointCatalogue.InSources(), FaultPointCatalogue.InPage().Order(StringComparer.Ordinal));

        [Fact]
        public void A_build_without_them_has_neither_calls_nor_names()
        {
            var product = Directory.GetFiles(AppContext.BaseDirectory, "Reflux.*.dll").Where(file => !Path.GetFileName(file).Contains("Tests", StringComparison.Ordinal)).ToList();
            Assert.Contains(product, file => Path.GetFileName(file) == "Reflux.Distillation.dll");
            foreach (var file in product)
            {
                var bytes = File.ReadAllBytes(file);
                Assert.False(Calls(bytes), $"{file} calls fault points");
                Assert.False(Contains(bytes, Encoding.ASCII, "FaultPlan"), $"{file} holds the plan of faults");
                Assert.All(FaultPointCatalogue.InSources(), name => Assert.False(Contains(bytes, Encoding.Unicode, name), $"{file} holds the name {name}"));
            }
        }

        private static bool Calls(byte[] assembly)
        {
            using var file = new PEReader(new MemoryStream(assembly));
            var metadata = file.GetMetadataReader();
            return metadata.MemberReferences.Select(metadata.GetMemberReference).Any(member =>
                metadata.GetString(member.Name) == nameof(FaultPoint.Reach)
                && member.Parent.Kind == HandleKind.TypeReference
                && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name) == nameof(FaultPoint));
        }

        private static bool Contains(byte[] bytes, Encoding encoding, string text) => bytes.AsSpan().IndexOf(encoding.GetBytes(text)) >= 0;
    }

    [Collection("processes")]
    [Trait("Speed", "slow")]
    public sealed class Kills : IClassFixture<FaultyBuild>, IDisposable
    {
        private const string OnLeaving = "offsets.commit";
        private const int Installations = 2;
        private readonly TemporaryDirectory _directory = new();

        public void Dispose() => _directory.Dispose();

        /// <summary>Two installations at a time, since a life is mostly waiting.</summary>
        [Fact]
        public async Task A_silo_killed_at_every_point_loses_nothing_trains_nothing_twice_and_comes_to_the_bits_of_an_undisturbed_run()
        {
            var points = FaultPointCatalogue.InPage().Index().ToLookup(point => point.Index % Installations, point => point.Item);
            await Task.WhenAll(points.Select(part => KillAtEachAsync(_directory.File($"data-{part.Key}"), part)));
        }

        private static async Task KillAtEachAsync(string data, IEnumerable<string> points)
        {
            await using (var installation = await FaultyInstallation.StartAsync(data))
            {
                foreach (var point in points)
                {
                    await installation.LiveUntilAsync(point, leaving: point == OnLeaving);
                }

                await installation.FinishAsync();
            }

            await VerifyAsync(data);
        }

        /// <summary>Full disks and an absent broker, each for a moment. A start that meets a full disk is refused, and librdkafka's own hand-over of offsets asks neither.</summary>
        [Fact]
        public async Task A_silo_that_meets_every_fault_that_passes_goes_on_and_loses_nothing()
        {
            var data = _directory.File("data");
            var plan = string.Join(',', FaultPointCatalogue.InPage()
                .Where(point => !point.StartsWith("data-directory.", StringComparison.Ordinal) && !point.StartsWith("offsets.", StringComparison.Ordinal))
                .Select(point => $"{point}:2={(point.Contains(".sen", StringComparison.Ordinal) || point.StartsWith("position.", StringComparison.Ordinal) ? "unavailable" : "enospc")}"));
            await using (var installation = await FaultyInstallation.StartAsync(data))
            {
                await installation.LiveThroughAsync(plan, rounds: 12);
                await installation.FinishAsync();
            }

            await VerifyAsync(data);
        }

        private static async Task VerifyAsync(string data)
        {
            var (code, output, errors) = await Processes.RunAsync("student", "verify", FaultyInstallation.Student, "--data", data, "--json");
            Assert.True(code == ExitCodes.Done, output + errors);
            (code, output, errors) = await Processes.RunAsync("archive", "verify", "--data", data);
            Assert.True(code == ExitCodes.Done, output + errors);
        }
    }
}
