using Reflux.Contracts.Errors;
using Reflux.Tests.Support;

namespace Reflux.Client.Tests;

public sealed class SnapshotDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeGateway _gateway = new();

    private string Target => Path.Combine(_directory.Path, "small");

    [Fact]
    public async Task A_pull_brings_every_file_and_verifies_again()
    {
        var version = _gateway.Publish(1, ("config.json", "{}"), ("model.safetensors", "weights"));

        var pulled = await SnapshotDirectory.PullAsync(_gateway.Client, version, Target);

        Assert.Equal("weights", await File.ReadAllTextAsync(Path.Combine(Target, "model.safetensors")));
        Assert.Equal(9, pulled.BytesDownloaded);
        Assert.Equal(2, (await SnapshotDirectory.VerifyAsync(Target)).Files.Count);
        Assert.Equal([Target], Directory.GetDirectories(_directory.Path));
    }

    [Fact]
    public async Task A_newer_version_fetches_only_what_changed()
    {
        await SnapshotDirectory.PullAsync(_gateway.Client, _gateway.Publish(1, ("config.json", "{}"), ("model.safetensors", "old")), Target);
        var newer = _gateway.Publish(2, ("config.json", "{}"), ("model.safetensors", "newer"));

        var pulled = await SnapshotDirectory.PullAsync(_gateway.Client, newer, Target);

        Assert.Equal(5, pulled.BytesDownloaded);
        Assert.DoesNotContain("/v1/students/small/snapshots/2/files/config.json", _gateway.Requests);
        Assert.Equal("newer", await File.ReadAllTextAsync(Path.Combine(Target, "model.safetensors")));
        Assert.Equal(10, (await SnapshotDirectory.VerifyAsync(Target)).Step);
    }

    [Fact]
    public async Task A_changed_byte_is_refused_and_leaves_the_older_version_in_place()
    {
        await SnapshotDirectory.PullAsync(_gateway.Client, _gateway.Publish(1, ("model.safetensors", "good")), Target);
        var newer = _gateway.Publish(2, ("model.safetensors", "better"));
        _gateway.Tamper("/v1/students/small/snapshots/2/files/model.safetensors", bytes => bytes[0] ^= 1);

        var error = await Assert.ThrowsAsync<SnapshotCorruptException>(() => SnapshotDirectory.PullAsync(_gateway.Client, newer, Target));

        Assert.Contains("sha256", error.Message, StringComparison.Ordinal);
        Assert.Equal("good", await File.ReadAllTextAsync(Path.Combine(Target, "model.safetensors")));
        Assert.Equal([Target], Directory.GetDirectories(_directory.Path));
    }

    [Fact]
    public async Task A_changed_manifest_is_refused()
    {
        var version = _gateway.Publish(1, ("model.safetensors", "good"));
        _gateway.Tamper($"/v1/manifests/{version.Manifest}", bytes => bytes[^2] ^= 1);

        await Assert.ThrowsAsync<SnapshotCorruptException>(() => SnapshotDirectory.PullAsync(_gateway.Client, version, Target));

        Assert.False(Directory.Exists(Target));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/b")]
    [InlineData("..")]
    public async Task A_manifest_that_names_a_file_outside_the_directory_is_refused(string name)
    {
        var version = _gateway.Publish(1, (name, "anything"));

        await Assert.ThrowsAsync<SnapshotCorruptException>(() => SnapshotDirectory.PullAsync(_gateway.Client, version, Target));

        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Verify_names_a_file_that_was_cut_or_is_gone()
    {
        await SnapshotDirectory.PullAsync(_gateway.Client, _gateway.Publish(1, ("config.json", "{}"), ("model.safetensors", "weights")), Target);
        var weights = Path.Combine(Target, "model.safetensors");

        await File.WriteAllTextAsync(weights, "weight");
        var cut = await Assert.ThrowsAsync<SnapshotCorruptException>(() => SnapshotDirectory.VerifyAsync(Target));
        File.Delete(weights);
        var gone = await Assert.ThrowsAsync<SnapshotCorruptException>(() => SnapshotDirectory.VerifyAsync(Target));

        Assert.Contains("6 bytes", cut.Message, StringComparison.Ordinal);
        Assert.Contains("model.safetensors is missing", gone.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData(SnapshotDirectory.VersionFile)]
    [InlineData(SnapshotDirectory.ManifestFile)]
    public async Task A_directory_that_is_no_pulled_snapshot_is_left_as_it_is(string file)
    {
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, file), "mine");

        var error = await Assert.ThrowsAsync<RefluxException>(() => SnapshotDirectory.PullAsync(_gateway.Client, _gateway.Publish(1, ("model.safetensors", "new")), Target));

        Assert.Equal(ErrorCodes.DirectoryNotOurs, error.Code);
        Assert.Contains(Target, error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Target, file)));
        Assert.Empty(_gateway.Requests);
        Assert.Equal([Target], Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task A_file_and_the_root_are_no_targets()
    {
        await File.WriteAllTextAsync(Target, "mine");
        var version = _gateway.Publish(1, ("model.safetensors", "new"));

        Assert.Equal(ErrorCodes.DirectoryNotOurs, (await Assert.ThrowsAsync<RefluxException>(() => SnapshotDirectory.PullAsync(_gateway.Client, version, Target))).Code);
        Assert.Equal(ErrorCodes.DirectoryNotOurs, (await Assert.ThrowsAsync<RefluxException>(() => SnapshotDirectory.PullAsync(_gateway.Client, version, "/"))).Code);
    }

    [Fact]
    public async Task What_came_into_the_directory_during_the_download_is_not_lost()
    {
        var version = _gateway.Publish(1, ("model.safetensors", "new"));
        _gateway.Intercept = request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("model.safetensors", StringComparison.Ordinal))
            {
                Directory.CreateDirectory(Target);
                File.WriteAllText(Path.Combine(Target, "notes.txt"), "mine");
            }

            return null;
        };

        await Assert.ThrowsAsync<RefluxException>(() => SnapshotDirectory.PullAsync(_gateway.Client, version, Target));

        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Target, "notes.txt")));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task An_empty_directory_is_filled_and_a_link_is_followed()
    {
        Directory.CreateDirectory(Target);
        await SnapshotDirectory.PullAsync(_gateway.Client, _gateway.Publish(1, ("model.safetensors", "old")), Target);
        var link = Path.Combine(_directory.Path, "link");
        Directory.CreateSymbolicLink(link, Target);

        await SnapshotDirectory.PullAsync(_gateway.Client, _gateway.Publish(2, ("model.safetensors", "newer")), link);

        Assert.Equal("newer", await File.ReadAllTextAsync(Path.Combine(Target, "model.safetensors")));
        Assert.Equal([link, Target], Directory.GetFileSystemEntries(_directory.Path).Order(StringComparer.Ordinal));
    }

    public void Dispose()
    {
        _gateway.Dispose();
        _directory.Dispose();
    }
}
