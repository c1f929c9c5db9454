namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>Knows which entries a log may hold.</summary>
internal interface IEntryKnowledge
{
    /// <summary>Places, from <paramref name="first"/> on, of entries that nobody put there.</summary>
    Task<IReadOnlyList<long>> UnknownAsync(long first, IReadOnlyList<ReadOnlyMemory<byte>> entries, CancellationToken cancellationToken);
}

/// <summary>Of a log of another's nothing is known but its form.</summary>
internal sealed class NoKnowledge : IEntryKnowledge
{
    public Task<IReadOnlyList<long>> UnknownAsync(long first, IReadOnlyList<ReadOnlyMemory<byte>> entries, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<long>>([]);
}
