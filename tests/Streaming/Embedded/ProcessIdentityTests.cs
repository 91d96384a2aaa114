using System.Diagnostics;
using Reflux.Streaming.Embedded;

namespace Reflux.Streaming.Tests.Embedded;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void A_number_with_another_start_is_another_process()
    {
        Assert.True(ProcessIdentity.IsAlive(Environment.ProcessId, ProcessIdentity.OwnStart));
        Assert.False(ProcessIdentity.IsAlive(Environment.ProcessId, ProcessIdentity.OwnStart + "0"));
    }

    [Fact]
    public async Task An_ended_process_is_dead()
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exit 0"]))!;
        var id = process.Id;
        await process.WaitForExitAsync();
        Assert.False(ProcessIdentity.IsAlive(id, ProcessIdentity.OwnStart));
    }
}
