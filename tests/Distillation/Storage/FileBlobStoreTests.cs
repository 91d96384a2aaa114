using System.Security.Cryptography;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Storage;
using Reflux.Tests.Support;

namespace Reflux.Distillation.Tests.Storage;

public sealed class FileBlobStoreTests
{
    [Fact]
    public async Task A_blob_is_named_by_its_digest_and_stored_once()
    {
        using var directory = new TemporaryDirectory();
        var store = new FileBlobStore(directory.Path);
        var content = RandomNumberGenerator.GetBytes(200_000);

        var first = await store.PutAsync(content, CancellationToken.None);
        var second = await store.PutAsync(content, CancellationToken.None);

        Assert.Equal(first, second);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), first.Sha256);
        Assert.Equal(content.Length, first.Size);
        Assert.True(await store.ExistsAsync(first.Sha256, CancellationToken.None));
        Assert.Equal(content, await store.ReadVerifiedAsync(first.Sha256, CancellationToken.None));
        Assert.Single(Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories));
        Assert.True(File.Exists(Path.Combine(directory.Path, "blobs", "sha256", first.Sha256[..2], first.Sha256)));
    }

    [Fact]
    public async Task A_tampered_blob_is_found_out()
    {
        using var directory = new TemporaryDirectory();
        var store = new FileBlobStore(directory.Path);
        var blob = await store.PutAsync("weights"u8.ToArray(), CancellationToken.None);
        var path = Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories).Single();
        await File.WriteAllBytesAsync(path, "weightz"u8.ToArray());

        var damage = await Assert.ThrowsAsync<InvalidDataException>(() => store.ReadVerifiedAsync(blob.Sha256, CancellationToken.None));

        Assert.Contains(blob.Sha256, damage.Message);
    }

    [Fact]
    public async Task A_missing_blob_is_null_and_no_file()
    {
        using var directory = new TemporaryDirectory();
        var store = new FileBlobStore(directory.Path);
        var digest = new string('a', 64);

        Assert.Null(await store.OpenAsync(digest, CancellationToken.None));
        Assert.False(await store.ExistsAsync(digest, CancellationToken.None));
        await Assert.ThrowsAsync<FileNotFoundException>(() => store.ReadVerifiedAsync(digest, CancellationToken.None));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("ABCDEF")]
    [InlineData("")]
    public async Task A_name_that_is_no_digest_is_refused(string name)
    {
        using var directory = new TemporaryDirectory();

        var refusal = await Assert.ThrowsAsync<RefluxException>(() => new FileBlobStore(directory.Path).OpenAsync(name, CancellationToken.None));

        Assert.Equal(ErrorCodes.InvalidRequest, refusal.Code);
    }

    [Fact]
    public async Task An_interrupted_write_leaves_nothing()
    {
        using var directory = new TemporaryDirectory();
        var store = new FileBlobStore(directory.Path);

        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(new TornStream(), CancellationToken.None));

        Assert.Empty(Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories));
    }

    private sealed class TornStream : MemoryStream
    {
        private bool _gaveSome;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_gaveSome)
            {
                throw new IOException("the source went away");
            }

            _gaveSome = true;
            return ValueTask.FromResult(10);
        }
    }
}
