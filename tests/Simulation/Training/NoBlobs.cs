using Reflux.Contracts.Storage;

namespace Reflux.Simulation.Tests.Training;

/// <summary>Snapshots of a simulation go to its disk: nothing may ask for blobs.</summary>
internal sealed class NoBlobs : IBlobStore
{
    public Task<BlobDescriptor> PutAsync(Stream content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Stream?> OpenAsync(string sha256, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> ExistsAsync(string sha256, CancellationToken cancellationToken) => throw new NotSupportedException();
}
