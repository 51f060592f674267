export const epochSuite = async () => ['none'];
