using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>What a wrong password waits for, with times that are told instead of measured.</summary>
public sealed class PasswordPaceTests
{
    [Fact] // 50
    public void Everybody_waits_for_the_dearest_hash_less_the_own_one_and_nothing_else()
    {
        var counting = new CountingHasher();
        var dummy = Dummy(counting);
        var pace = new PasswordPace(counting, dummy, TimeProvider.System, NullLogger<PasswordPace>.Instance);
        pace.Note(dummy.Hash, TimeSpan.FromMilliseconds(10));
        pace.Note(ForeignHashes.Bcrypt, TimeSpan.FromMilliseconds(100));
        Assert.Equal(TimeSpan.FromMilliseconds(90), pace.LeftAfter(TimeSpan.FromMilliseconds(10)));
        Assert.Equal(TimeSpan.Zero, pace.LeftAfter(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public void A_kind_is_measured_twice_and_not_again_when_it_is_known()
    {
        var counting = new CountingHasher();
        var pace = new PasswordPace(counting, Dummy(counting), TimeProvider.System, NullLogger<PasswordPace>.Instance);
        pace.Learn([ForeignHashes.Bcrypt, ForeignHashes.Bcrypt], CancellationToken.None);
        Assert.Equal(4, counting.Verified);
        pace.Learn([ForeignHashes.Bcrypt, ForeignHashes.Argon2id], CancellationToken.None);
        Assert.Equal(6, counting.Verified);
    }

    [Fact]
    public void A_kind_that_is_neither_tried_nor_seen_any_more_makes_nobody_wait()
    {
        var counting = new CountingHasher();
        var (dummy, time) = (Dummy(counting), new ShiftedTime());
        var pace = new PasswordPace(counting, dummy, time, NullLogger<PasswordPace>.Instance);
        var usual = TimeSpan.FromMilliseconds(10);
        pace.Note(dummy.Hash, usual);
        pace.Note(ForeignHashes.Bcrypt, 10 * usual);

        // Seen among the accounts, though nobody signs in with it.
        time.Advance(TimeSpan.FromHours(23));
        pace.Learn([ForeignHashes.Bcrypt], CancellationToken.None);
        time.Advance(TimeSpan.FromHours(23));
        pace.Note(dummy.Hash, usual);
        Assert.Equal(9 * usual, pace.LeftAfter(usual));
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(TimeSpan.Zero, pace.LeftAfter(usual));
    }

    [Fact]
    public void A_hash_that_cannot_be_compared_keeps_no_other_from_being_measured()
    {
        var counting = new CountingHasher { Broken = ForeignHashes.Argon2id };
        var pace = new PasswordPace(counting, Dummy(counting), TimeProvider.System, NullLogger<PasswordPace>.Instance);
        pace.Learn([ForeignHashes.Argon2id, ForeignHashes.Bcrypt], CancellationToken.None);
        Assert.Equal(5, counting.Verified);
        pace.Learn([ForeignHashes.Argon2id, ForeignHashes.Bcrypt], CancellationToken.None);
        Assert.Equal(5, counting.Verified);
    }

    [Fact]
    public void When_our_own_hash_becomes_dearer_what_was_measured_is_carried_over()
    {
        var counting = new CountingHasher();
        var dummy = Dummy(counting);
        var pace = new PasswordPace(counting, dummy, TimeProvider.System, NullLogger<PasswordPace>.Instance);
        pace.Note(dummy.Hash, TimeSpan.FromMilliseconds(10));
        pace.Note(ForeignHashes.Bcrypt, TimeSpan.FromMilliseconds(100));
        pace.Carry(2);
        Assert.Equal(TimeSpan.FromMilliseconds(80), pace.LeftAfter(TimeSpan.FromMilliseconds(20)));

        // Dearer than bcrypt now: it is the one that a wrong password waits for.
        pace.Carry(8);
        Assert.Equal(TimeSpan.FromMilliseconds(60), pace.LeftAfter(TimeSpan.FromMilliseconds(100)));
    }

    private static DummyPassword Dummy(IPasswordHasher<Account> hasher) => new(hasher);

    /// <summary>Compares nothing, and takes as long as one hash of ours.</summary>
    private sealed class CountingHasher : IPasswordHasher<Account>
    {
        private readonly PasswordHasher<Account> own = new();

        public int Verified { get; private set; }

        public string? Broken { get; init; }

        public string HashPassword(Account user, string password) => own.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            Verified++;
            if (hashedPassword == Broken)
            {
                throw new FormatException("Nothing can be compared with this.");
            }

            _ = own.HashPassword(user, providedPassword);
            return PasswordVerificationResult.Failed;
        }
    }
}
