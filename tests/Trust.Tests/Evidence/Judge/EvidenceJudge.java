import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSData;
import org.bouncycastle.tsp.ers.ERSDataGroup;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;

/**
 * Judges evidence records (RFC 4998) by Bouncy Castle for Java. The argument is a file of lines: record, certificate of the newest TSA, and the documents,
 * separated by tabs. For each line one word: accepted, or refused and why.
 */
public final class EvidenceJudge {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            System.out.println(judge(line.split("\t")));
        }
    }

    private static String judge(String[] files) {
        try {
            ERSEvidenceRecord record = new ERSEvidenceRecord(bytes(files[0]), new JcaDigestCalculatorProviderBuilder().setProvider("BC").build());
            X509CertificateHolder authority = new X509CertificateHolder(bytes(files[1]));
            record.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(authority));
            List<ERSData> documents = new ArrayList<>();
            for (int i = 2; i < files.length; i++) {
                documents.add(new ERSByteData(bytes(files[i])));
            }

            record.validatePresent(documents.size() == 1 ? documents.get(0) : new ERSDataGroup(documents), new Date());
            return "accepted";
        } catch (Exception e) {
            return "refused " + e;
        }
    }

    private static byte[] bytes(String file) throws Exception {
        return Files.readAllBytes(Path.of(file));
    }
}
