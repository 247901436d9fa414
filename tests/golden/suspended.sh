#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=suspended
#SBATCH --array=0-1%1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --hold
apiVersion: batch/v1
kind: Job
metadata:
  name: suspended
spec:
  backoffLimit: 6
  completionMode: NonIndexed
  completions: 2
  manualSelector: false
  parallelism: 1
  podReplacementPolicy: TerminatingOrFailed
  suspend: true
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - sh
        - -c
        - exit 0
        image: busybox:1.36
        imagePullPolicy: IfNotPresent
        name: main
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
